using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>
/// ASP.NET Core Identity as the grant policy. The security stamp of the session that approved is compared with the stamp of the user now, so a
/// session from before a new password cannot approve anything that lasts.
/// </summary>
internal sealed class IdentityGrantPolicy<TUser>(UserManager<TUser> users, IOptions<IdentityOptions> options)
    : IGrantPolicy,
        IIdentityGrantPolicy
    where TUser : class
{
    public string UserIdClaim => options.Value.ClaimsIdentity.UserIdClaimType;

    public ValueTask<string?> NoteAsync(ClaimsPrincipal user, CancellationToken ct) =>
        new(user.FindFirst(options.Value.ClaimsIdentity.SecurityStampClaimType) is { } stamp ? Hash(stamp.Value) : null);

    public async ValueTask<GrantDecision> DecideAsync(Grant grant, CancellationToken ct)
    {
        if (await users.FindByIdAsync(grant.Subject) is not { } user)
            return GrantDecision.End;
        // A session without a stamp, for instance of a host that replaced the claims of its users, has nothing to compare.
        if (users.SupportsUserSecurityStamp && grant.Note is { } approved && approved != Hash(await users.GetSecurityStampAsync(user)))
            return GrantDecision.End;
        return await users.IsLockedOutAsync(user) ? GrantDecision.Refuse : GrantDecision.Allow;
    }

    // The stamp itself is a secret of Identity: it is part of the user's reset tokens.
    private static string Hash(string stamp) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(stamp)));
}

/// <summary>The part of the policy that does not depend on the type of users.</summary>
internal interface IIdentityGrantPolicy
{
    /// <summary>The claim with the id by which Identity finds a user: it must be the subject of authorizations.</summary>
    string UserIdClaim { get; }
}
