namespace HQ.OAuth2;

/// <summary>What a user has allowed a client before.</summary>
internal sealed class EarlierConsents(AuthorizationLoop authorizations, Imitations imitations, ServerSettings settings, TimeProvider time)
{
    /// <summary>The user's authorizations of the client that asks. They are read when they are needed, and once.</summary>
    public EarlierConsent Of(AuthorizationRequest request, string subject) =>
        new(request, subject, authorizations, settings, time.GetUtcNow());

    /// <summary>What the user is to be told about a request (§10.2).</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="earlier">What the user allowed before, so that it can be told apart; null = nobody is signed in.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask<ConsentModel> DescribeAsync(AuthorizationRequest request, EarlierConsent? earlier, CancellationToken ct) =>
        ConsentModel.Of(
            request,
            await imitations.ImitatesAsync(request.Client, ct),
            earlier is null ? ScopeSet.Empty : await earlier.ScopeAsync(ct),
            settings
        );
}

/// <summary>What one user has allowed the client of one request.</summary>
internal sealed class EarlierConsent(
    AuthorizationRequest request,
    string subject,
    AuthorizationLoop authorizations,
    ServerSettings settings,
    DateTimeOffset now
)
{
    private IReadOnlyList<OAuthAuthorization>? rows;

    /// <summary>Whether an earlier answer covers this request, by the one rule.</summary>
    public async ValueTask<bool> CoversAsync(CancellationToken ct) =>
        !request.MustAsk
        && settings.Options.RememberConsentFor > TimeSpan.Zero
        && RememberedConsent.MayBeUsed(request.Client, request.RedirectUri, settings.Options)
        && RememberedConsent.Covers(request, await RowsAsync(ct), settings.Options, now);

    /// <summary>The scope that the client has now: only a login that was carried through, or remembered, is something the user knows of.</summary>
    public async ValueTask<ScopeSet> ScopeAsync(CancellationToken ct) =>
        ScopeSet.Of((await RowsAsync(ct)).Where(a => a.IsOf(request.Client) && a.IsLive(now)).SelectMany(a => a.Scope));

    // Read the user's authorizations once: the remembered-consent check and the consent page both need them.
    private async ValueTask<IReadOnlyList<OAuthAuthorization>> RowsAsync(CancellationToken ct) =>
        rows ??= await authorizations.ListAsync(subject, request.Client.ClientId, ct);
}
