using HQ.OAuth2;
using Microsoft.AspNetCore.Identity;

namespace IdentitySignIn;

/// <summary>The organizations of a user: the claims <c>team</c> that Identity keeps. A host has tables for them.</summary>
internal sealed class Teams(UserManager<AppUser> users) : IOrganizations
{
    public const string Claim = "team";

    public async ValueTask<IReadOnlyList<Organization>> ListAsync(string subject, CancellationToken ct) =>
        await users.FindByIdAsync(subject) is { } user
            ? [.. (await users.GetClaimsAsync(user)).Where(c => c.Type == Claim).Select(c => new Organization(c.Value, c.Value))]
            : [];
}
