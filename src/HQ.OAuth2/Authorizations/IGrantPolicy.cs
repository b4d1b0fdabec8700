using System.Security.Claims;

namespace HQ.OAuth2;

/// <summary>
/// Whether an authorization may still be used: for instance whether its user is locked out, or has changed the password since. It is asked at a
/// refresh, at introspection and by the bearer scheme. An answer is kept for 30 seconds at most, on each node. If it throws, or does not answer
/// within 5 seconds, the caller is told to try again (503).
/// </summary>
public interface IGrantPolicy
{
    /// <summary>
    /// Called when a user approves: what to keep with the new authorization, to compare later. Null = nothing. At most 400 characters, and no
    /// secret: keep a hash.
    /// </summary>
    /// <param name="user">The user of the host's session.</param>
    /// <param name="ct">Cancels.</param>
    ValueTask<string?> NoteAsync(ClaimsPrincipal user, CancellationToken ct) => new((string?)null);

    /// <summary>Called before an authorization is used.</summary>
    ValueTask<GrantDecision> DecideAsync(Grant grant, CancellationToken ct);
}

/// <summary>The answer of an <see cref="IGrantPolicy"/>.</summary>
public enum GrantDecision
{
    /// <summary>It may be used.</summary>
    Allow,

    /// <summary>It may not be used now, and stays: no token works and none is issued. The client keeps its tokens.</summary>
    Refuse,

    /// <summary>It ends: the user has to approve again.</summary>
    End,
}

/// <summary>An authorization for an <see cref="IGrantPolicy"/>.</summary>
public sealed class Grant
{
    internal Grant(OAuthAuthorization row) =>
        (AuthorizationId, Subject, ClientId, Organization, Note, IssuedAt, SignedInAt) = (
            row.Id,
            row.Subject,
            row.ClientId,
            row.Organization,
            row.PolicyNote,
            row.IssuedAt,
            row.SignedInAt
        );

    /// <summary>Identifies it.</summary>
    public string AuthorizationId { get; }

    /// <summary>The user who approved.</summary>
    public string Subject { get; }

    /// <summary>The client that was approved.</summary>
    public string ClientId { get; }

    /// <summary>The organization it is for; null when it is for none.</summary>
    public string? Organization { get; }

    /// <summary>The result of <see cref="IGrantPolicy.NoteAsync"/> at the approval; null when there was none.</summary>
    public string? Note { get; }

    /// <summary>When the user approved.</summary>
    public DateTimeOffset IssuedAt { get; }

    /// <summary>When the user had signed in; null when the host did not say.</summary>
    public DateTimeOffset? SignedInAt { get; }
}
