namespace HQ.OAuth2;

/// <summary><c>client_secret_basic</c> (RFC 6749 §2.3.1).</summary>
internal sealed class ClientSecretBasic(ClientSecrets secrets) : IClientAuthentication
{
    private const string Scheme = "Basic";

    public string Method => OAuthClientAuthenticationMethods.ClientSecretBasic;

    public ClientProof? Read(OAuthRequest request)
    {
        if (request.Authorization is not [var header] || !IsBasic(header))
            return null;
        var encoded = header.AsSpan(Scheme.Length).Trim(' ');
        Span<byte> credentials = new byte[encoded.Length];
        // Convert accepts white space in base64; the Basic scheme does not.
        if (encoded.ContainsAny(" \t\r\n") || !Convert.TryFromBase64Chars(encoded, credentials, out var length))
            return new SecretProof(null, "", secrets);

        // Decode base64, split at the first colon, then form-decode each part, in this order.
        credentials = credentials[..length];
        var colon = credentials.IndexOf((byte)':');
        return
            colon > 0
            && FormEncoding.TryDecode(credentials[..colon], out var clientId)
            && FormEncoding.TryDecode(credentials[(colon + 1)..], out var secret)
            ? new SecretProof(clientId, secret, secrets)
            : new SecretProof(null, "", secrets);
    }

    private static bool IsBasic(string header) =>
        header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && (header.Length == Scheme.Length || header[Scheme.Length] == ' ');
}

/// <summary><c>client_secret_post</c> (RFC 6749 §2.3.1).</summary>
internal sealed class ClientSecretPost(ClientSecrets secrets) : IClientAuthentication
{
    public string Method => OAuthClientAuthenticationMethods.ClientSecretPost;

    public ClientProof? Read(OAuthRequest request) =>
        request.Parameters["client_secret"] is { } secret ? new SecretProof(request.Parameters["client_id"], secret, secrets) : null;
}

/// <summary><c>none</c>: a public client names itself. It proves nothing, so the authenticator asks it last.</summary>
internal sealed class NoClientAuthentication : IClientAuthentication
{
    public string Method => OAuthClientAuthenticationMethods.None;

    public ClientProof? Read(OAuthRequest request) => request.Parameters["client_id"] is { } clientId ? new NoProof(clientId) : null;
}

internal sealed class NoProof(string clientId) : ClientProof(clientId)
{
    public override ValueTask<bool> IsOfAsync(Client client, CancellationToken ct) => new(true);

    // A public client sends no secret that could be guessed.
    public override ValueTask<bool> IsKnownAsync(Client client, CancellationToken ct) => new(true);
}

internal sealed class SecretProof(string? clientId, string secret, ClientSecrets secrets) : ClientProof(clientId)
{
    /// <summary>Whether the request only names a client, as some public clients do in a Basic header.</summary>
    public bool IsEmpty => secret.Length == 0;

    public override ValueTask<bool> IsOfAsync(Client client, CancellationToken ct) => secrets.VerifyAsync(client, secret, ct);

    /// <summary><see cref="ClientSecrets.VerifyForNobodyAsync"/>.</summary>
    public ValueTask<bool> IsOfNobodyAsync(CancellationToken ct) => secrets.VerifyForNobodyAsync(secret, ct);

    /// <summary>After the proof was right: <see cref="ClientSecrets.ReplaceForeignAsync"/>.</summary>
    public Task ReplaceForeignAsync(Client client, Func<ClientSecret, Func<Task<ClientSecret>>, Task> replaceAsync) =>
        secrets.ReplaceForeignAsync(client, secret, replaceAsync);

    public override ValueTask<bool> IsKnownAsync(Client client, CancellationToken ct) => secrets.IsKnownAsync(client, secret, ct);
}
