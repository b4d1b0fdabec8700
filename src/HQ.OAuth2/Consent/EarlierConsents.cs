namespace HQ.OAuth2;

/// <summary>What a user has allowed a client before. Its cost does not grow with the number of authorizations.</summary>
internal sealed class EarlierConsents(
    AuthorizationLoop authorizations,
    ConsentIndex consents,
    Imitations imitations,
    GrantHost host,
    ServerSettings settings,
    TimeProvider time
)
{
    // The page folds what the user allowed before; these are enough to know it.
    private const int MaxShown = 20;

    /// <summary>The earlier answer of the user that covers a request, by the one rule; null = there is none.</summary>
    public async ValueTask<OAuthAuthorization?> FindCoveringAsync(AuthorizationRequest request, string subject, CancellationToken ct)
    {
        if (
            request.MustAsk
            || settings.Options.RememberConsentFor == TimeSpan.Zero
            || !RememberedConsent.MayBeUsed(request.Client, request.RedirectUri, settings.Options)
        )
            return null;
        var now = time.GetUtcNow();
        await foreach (var given in consents.FindAsync(subject, request.Client.ClientId, ct))
        {
            if (
                RememberedConsent.Covers(request, given, settings.Options, now)
                && RememberedConsent.IsForOneOf(await host.OrganizationsAsync(subject, ct), given)
            )
                return given;
        }

        return null;
    }

    /// <summary>What the user is to be told about a request (§10.2).</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="subject">The user who is asked, so that what is allowed already can be told apart; null = nobody is signed in.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask<ConsentModel> DescribeAsync(AuthorizationRequest request, string? subject, CancellationToken ct) =>
        ConsentModel.Of(
            request,
            await imitations.ImitatesAsync(request.Client, ct),
            subject is null ? ScopeSet.Empty : await ScopeAsync(request.Client, subject, ct),
            settings,
            subject is null ? null : await host.OrganizationsAsync(subject, ct)
        );

    // The scope that the client has now: only a login that was carried through, or remembered, is something the user knows of.
    private async ValueTask<ScopeSet> ScopeAsync(Client client, string subject, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var newest = await authorizations.PageAsync(new(subject, client.ClientId, MaxShown) { NewestFirst = true }, ct);
        return ScopeSet.Of(newest.Items.Where(a => a.IsOf(client) && a.IsLive(now)).SelectMany(a => a.Scope));
    }
}
