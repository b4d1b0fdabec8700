namespace HQ.OAuth2;

/// <summary>
/// What users see between an authorization request and its answer: sign-in and consent. The default is ours; a host replaces it to use
/// its own pages. It decides what is shown, not what counts: an approval without our antiforgery token counts only where the consent
/// is remembered.
/// </summary>
public interface IAuthorizationUi
{
    /// <summary>Called on each visit of a valid request, the user's answer included.</summary>
    ValueTask<AuthorizationDecision> DecideAsync(AuthorizationContext context, CancellationToken ct);
}
