using System.Security.Claims;

namespace HQ.OAuth2;

/// <summary>
/// The authentication contexts of the host's sign-in: names for how a user proved to be the one, for instance <c>mfa</c> for two factors
/// (<c>acr</c>, RFC 9470). With it, a client asks for contexts by <c>acr_values</c>, tokens say which one was reached, and APIs demand one.
/// Without it, <c>acr_values</c> has no effect.
/// </summary>
public interface IAuthenticationContexts
{
    /// <summary>
    /// The contexts that the host's sign-in can reach, for the metadata (<c>acr_values_supported</c>). A user is sent to sign in again only for
    /// one of them. Each has at most 200 characters, without spaces, quotes and backslashes.
    /// </summary>
    IReadOnlyList<string> Supported { get; }

    /// <summary>
    /// The context that the session of a user has reached; null = none of them. Throw when it cannot be read: the user is told to try again.
    /// </summary>
    /// <param name="user">The user of the host's session.</param>
    /// <param name="asked">
    /// What the client asks for, the best first; empty = nothing. A session that is good for several contexts answers the first of these that it
    /// is good for.
    /// </param>
    /// <param name="ct">Cancels.</param>
    ValueTask<string?> FindAsync(ClaimsPrincipal user, IReadOnlyList<string> asked, CancellationToken ct);
}
