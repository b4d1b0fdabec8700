namespace HQ.OAuth2;

/// <summary>Which key a request to an endpoint of the authorization server proves, if any (RFC 9449 §5, §10.1).</summary>
internal sealed class RequestProofs(DpopNonces nonces, ServerSettings settings, TimeProvider time)
{
    /// <summary>The header in which a client sends its proof.</summary>
    public const string Header = "DPoP";

    private readonly DpopProofs proofs = new();

    /// <summary>The number of signatures that were verified for these endpoints.</summary>
    public long Verifications => proofs.Verifications;

    /// <summary>The key that the request proves to have; <see cref="ProvenKey.None"/> when it has no proof.</summary>
    /// <param name="request">The request, a POST.</param>
    /// <param name="path">The path of the endpoint, with that of the issuer.</param>
    /// <param name="now">The time of the request.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The key, <see cref="OAuthError.InvalidProof"/> or <see cref="OAuthError.UseNonce"/>.</returns>
    public ValueTask<Outcome<ProvenKey>> KeyAsync(OAuthRequest request, string path, DateTimeOffset now, CancellationToken ct) =>
        request.Proofs is { } sent ? CheckAsync(sent, path, now, ct) : new(ProvenKey.None);

    /// <summary>The key that a token request proves, for a client that may have to prove one (§5.2).</summary>
    public async ValueTask<Outcome<ProvenKey>> TokenKeyAsync(
        OAuthRequest request,
        Client client,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        request.Proofs is null && (client.DpopBoundAccessTokens || settings.IsFapi2)
            ? OAuthError.ProofMissing.Because("dpop_bound_access_tokens of the client, or the profile of this server, demands one")
            : await KeyAsync(request, settings.Issuer.TokenPath, now, ct);

    /// <summary>
    /// The key that the code of a pushed request will be bound to (§10.1): that of its proof, or that of <c>dpop_jkt</c>. Both must be the same.
    /// </summary>
    /// <returns>The key, <see cref="ProvenKey.None"/>, <see cref="OAuthError.InvalidProof"/> or <see cref="OAuthError.UseNonce"/>.</returns>
    public async ValueTask<Outcome<ProvenKey>> PushKeyAsync(OAuthRequest request, CancellationToken ct)
    {
        if ((await KeyAsync(request, settings.Issuer.PushedAuthorizationPath, time.GetUtcNow(), ct)).Failed(out var refused, out var key))
            return refused;
        if (request.Parameters[PushedRequests.KeyParameter] is not { } named)
            return key;
        return key.Thumbprint is null || key.Thumbprint == named
            ? new ProvenKey(named)
            : OAuthError.InvalidProof("its key is not the one that dpop_jkt names");
    }

    /// <summary>The nonce for the answer to a request with a proof; null when this server demands none.</summary>
    public async ValueTask<string?> NonceAsync(OAuthRequest request, DateTimeOffset now, CancellationToken ct) =>
        request.Proofs is not null && settings.Options.RequireDpopNonce ? await nonces.CurrentAsync(now, ct) : null;

    private async ValueTask<Outcome<ProvenKey>> CheckAsync(
        IReadOnlyList<string> sent,
        string path,
        DateTimeOffset now,
        CancellationToken ct
    ) =>
        proofs.Check(
            sent,
            new()
            {
                Method = "POST",
                // The address as the metadata names it, whatever a proxy made of it.
                Targets = [ProofTarget.Of(settings.Issuer.Url(path))!],
                Now = now,
                Refuse = OAuthError.InvalidProof,
                Algorithms = settings.ClientAlgorithms,
                Nonces = settings.Options.RequireDpopNonce ? await nonces.AcceptedAsync(now, ct) : null,
            }
        );
}
