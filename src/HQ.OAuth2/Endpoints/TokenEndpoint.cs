namespace HQ.OAuth2;

/// <summary>The token endpoint (RFC 6749 §3.2).</summary>
internal sealed class TokenEndpoint(
    ClientAuthenticator clients,
    StoredClients stored,
    IEnumerable<IGrantType> grants,
    ServerSettings settings,
    TimeProvider time
)
{
    public async ValueTask<Outcome<TokenResponse>> HandleAsync(OAuthRequest request, CancellationToken ct)
    {
        // No parameter is sent twice, and none in the URI (§3.2).
        if (request.Malformed() is { } malformed)
            return malformed;

        // The client authenticates (§3.2.1), before the grant is checked: others learn nothing about a code or token (§5.2).
        if ((await clients.AuthenticateAsync(request, ct)).Failed(out var unauthenticated, out var client))
            return unauthenticated;

        // The grant type is one of this server, and the client is registered for it (§4).
        if (request.Parameters["grant_type"] is not { } grantType)
            return OAuthError.MissingParameter("grant_type");
        if (grants.FirstOrDefault(g => g.GrantType == grantType && IsOn(g)) is not { } grant)
            return OAuthError.UnsupportedGrantType;
        if (!client.MayUse(grantType))
            return OAuthError.UnauthorizedClient.Because($"the client is registered for {string.Join(' ', client.GrantTypes)}");

        // The grant answers the request (§4.1.3, §4.4.2, §4.5, §6).
        var now = time.GetUtcNow();
        var outcome = await grant.ExchangeAsync(new(client, request.Parameters, now), ct);
        if (outcome.Error is null)
            await stored.NoteUseInPassingAsync(client, now, time);
        return outcome;
    }

    /// <summary>The names of the supported grants.</summary>
    public IEnumerable<string> GrantTypes => grants.Where(IsOn).Select(g => g.GrantType);

    // Ours is off by default; a host may have one of its own.
    private bool IsOn(IGrantType grant) => grant is not DeviceCodeGrant || settings.Options.DeviceAuthorization;
}
