using System.Security.Claims;

namespace HQ.OAuth2;

/// <summary>
/// Who may make personal access tokens, and for what. Without it every signed-in user may, for every scope of the server. If it throws, or does
/// not answer within 5 seconds, no token is made (503).
/// </summary>
public interface IPersonalTokenPolicy
{
    /// <summary>
    /// The scopes that this user may give to a token: those that the user has. Empty = the user may make none. Scopes that the server does not
    /// have are left out.
    /// </summary>
    /// <param name="user">The user of the host's session.</param>
    /// <param name="ct">Cancels.</param>
    ValueTask<ScopeSet> ScopesAsync(ClaimsPrincipal user, CancellationToken ct);
}
