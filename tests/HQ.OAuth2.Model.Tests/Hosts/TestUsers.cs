using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2.Model.Tests;

/// <summary>The host's sign-in: a browser's user is the cookie <c>user</c>, and the user admin is the administrator.</summary>
internal sealed class TestUsers(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Cookies["user"] is not { Length: > 0 } user)
            return Task.FromResult(AuthenticateResult.NoResult());
        var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user), new(ClaimTypes.Name, user)], Scheme.Name);
        return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Scheme.Name)));
    }
}

/// <summary>The organizations of each user. All nodes ask the same one.</summary>
internal sealed class Membership
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Orgs> members = new(StringComparer.Ordinal);

    public Orgs Of(string subject) => members.GetValueOrDefault(subject);

    public void Change(string subject, Orgs organization) => Set(subject, organization, !Of(subject).HasFlag(organization));

    public void Set(string subject, Orgs organization, bool isMember) =>
        members.AddOrUpdate(subject, isMember ? organization : Orgs.None, (_, own) => isMember ? own | organization : own & ~organization);
}

/// <summary>The seam for it.</summary>
internal sealed class Organizations(Membership members) : IOrganizations
{
    public ValueTask<IReadOnlyList<Organization>> ListAsync(string subject, CancellationToken ct) =>
        new([
            .. new[] { Orgs.Acme, Orgs.Globex }
                .Where(o => members.Of(subject).HasFlag(o))
                .Select(o => new Organization(Names.Text(o), o.ToString())),
        ]);
}
