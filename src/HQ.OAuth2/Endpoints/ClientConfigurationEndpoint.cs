using System.Text.Json;

namespace HQ.OAuth2;

/// <summary>The client configuration endpoint (RFC 7592 §2): a client that registered itself reads, replaces and ends its registration.</summary>
internal sealed class ClientConfigurationEndpoint(
    ClientRegistrar registrar,
    ClientSecrets secrets,
    ProofCheck proofs,
    ServerSettings settings
)
{
    // §2.2: what the server sets, a client does not send.
    private static readonly string[] serverSet =
    [
        "registration_access_token",
        "registration_client_uri",
        "client_secret_expires_at",
        "client_id_issued_at",
    ];

    /// <summary>§2.1: the registration as it is. A secret is not shown again.</summary>
    public async ValueTask<Outcome<RegistrationResponse>> ReadAsync(
        IReadOnlyList<string> authorization,
        string clientId,
        CancellationToken ct
    ) =>
        (await AuthenticateAsync(authorization, clientId, ct)).Failed(out var error, out var caller)
            ? error
            : Answer(new RegisteredClient(caller.Client, null), caller);

    /// <summary>§2.2: all of the registration anew; what is omitted gets its default.</summary>
    public async ValueTask<Outcome<RegistrationResponse>> UpdateAsync(
        IReadOnlyList<string> authorization,
        string clientId,
        Outcome<byte[]> sent,
        string? remoteAddress,
        CancellationToken ct
    )
    {
        if ((await AuthenticateAsync(authorization, clientId, ct)).Failed(out var error, out var caller))
            return error;
        if (sent.Failed(out var unreadable, out var body))
            return unreadable;
        if (ClientMetadataJson.Parse(body).Failed(out var malformed, out var metadata))
            return malformed;
        // Asked again about the row that is replaced: an administrator may have disabled the client or changed its secrets meanwhile.
        return (
            await registrar.UpdateOwnAsync(
                clientId,
                metadata,
                async client => NotIts(caller.Token, client) ?? await ProblemAsync(body, client, remoteAddress, ct),
                ct
            )
        ).Failed(out var refused, out var changed)
            ? refused == OAuthError.NotFound
                ? OAuthError.InvalidToken
                : refused
            : Answer(changed, caller);
    }

    /// <summary>§2.3: the end of the registration, and of everything that users allowed it.</summary>
    /// <returns>Null when it is gone.</returns>
    public async ValueTask<OAuthError?> DeleteAsync(IReadOnlyList<string> authorization, string clientId, CancellationToken ct)
    {
        if ((await AuthenticateAsync(authorization, clientId, ct)).Failed(out var error, out var caller))
            return error;
        return await registrar.RemoveAsync(clientId, null, client => NotIts(caller.Token, client), ct) is { } refused
            ? refused == OAuthError.NotFound
                ? OAuthError.InvalidToken
                : refused
            : null;
    }

    // §2.1: the registration access token, of this client; it dies with the registration.
    private async ValueTask<Outcome<Caller>> AuthenticateAsync(IReadOnlyList<string> authorization, string clientId, CancellationToken ct)
    {
        if (BearerTokens.Read(authorization).Failed(out var missing, out var text))
            return missing;
        if (!RegistrationAccessToken.TryParse(text, out var token))
            return OAuthError.InvalidToken.Because("it is no registration access token");
        var client = await registrar.FindAsync(token.ClientId, ct);
        if (NotIts(token, client) is { } refused)
            return refused;
        return client!.ClientId == clientId
            ? new Caller(client, token)
            : OAuthError.InsufficientScope.Because("the token is that of another client's registration");
    }

    private static OAuthError? NotIts(RegistrationAccessToken token, Client? client) =>
        client is { Disabled: false, Provenance: ClientProvenance.Dcr } && token.IsOf(client)
            ? null
            : OAuthError.InvalidToken.Because("the registration is gone or disabled, or the token is not its");

    // §2.2: the body names this client, and nothing that is not the client's to choose.
    private async ValueTask<OAuthError?> ProblemAsync(ReadOnlyMemory<byte> body, Client client, string? remoteAddress, CancellationToken ct)
    {
        using var document = JsonDocument.Parse(body);
        var json = document.RootElement;
        if (Text(json, "client_id") != client.ClientId)
            return OAuthError.InvalidClientMetadata("client_id", "must be the id of this registration");
        if (Array.Find(serverSet, name => json.TryGetProperty(name, out _)) is { } set)
            return OAuthError.InvalidClientMetadata(set, "is set by the server only");
        if (!json.TryGetProperty("client_secret", out _))
            return null;
        // The same limits as where clients authenticate: the check is as slow, and tells as much.
        var wrong = OAuthError.InvalidClientMetadata("client_secret", "must be the current one: a client does not choose it");
        if (Text(json, "client_secret") is not { } secret)
            return wrong;
        var refused = await proofs.CheckAsync(new SecretProof(client.ClientId, secret, secrets), client, remoteAddress, ct);
        return refused?.Id == OAuthError.InvalidClient.Id ? wrong : refused;
    }

    private RegistrationResponse Answer(RegisteredClient registered, Caller caller) =>
        RegistrationResponse.Of(
            new(registered.Client, registered.Secret) { RegistrationAccessToken = caller.Token.ToWire() },
            settings.Issuer
        );

    private static string? Text(JsonElement json, string name)
    {
        try
        {
            return json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // A string with a lone surrogate is no text.
            return null;
        }
    }

    private sealed record Caller(Client Client, RegistrationAccessToken Token)
    {
        // A record prints its members; this one must not.
        private bool PrintMembers(System.Text.StringBuilder text)
        {
            text.Append("ClientId = ").Append(Client.ClientId);
            return true;
        }
    }
}
