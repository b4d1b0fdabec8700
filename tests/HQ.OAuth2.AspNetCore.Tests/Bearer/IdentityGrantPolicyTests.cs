using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>ASP.NET Core Identity as the grant policy: the next refresh and the next call see what happened to the user.</summary>
internal sealed class IdentityGrantPolicyTests
{
    private Users users = null!;
    private TestApp app = null!;

    [SetUp]
    public async Task StartAsync()
    {
        users = new();
        app = await TestApp.StartAsync(parts: server =>
        {
            server.Services.AddIdentityCore<IdentityUser>();
            server.Services.AddSingleton<IUserStore<IdentityUser>>(users);
            server.Services.AddSingleton<IClaimsTransformation>(new Sessions(users));
            server.AddIdentityGrantPolicy<IdentityUser>();
        });
    }

    [TearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    public async Task A_new_password_ends_everything_that_was_allowed_before()
    {
        var user = new ConnectedAppsApiTests.Session(app, "alice");
        var tokens = await user.TokensAsync("web");
        await WorksAsync(tokens);

        users.Alice!.SecurityStamp = "second";
        app.Clock.Advance(TimeSpan.FromSeconds(31));

        (await app.GetAsync("/api/read", tokens.Text("access_token"))).Status.Should().Be(401);
        (await RefreshAsync(tokens)).Text("error").Should().Be("invalid_grant");
        (await user.IdsAsync()).Should().BeEmpty();
        await WorksAsync(await user.TokensAsync("web"));
    }

    [Test]
    public async Task A_session_from_before_the_new_password_allows_nothing_that_lasts()
    {
        var user = new ConnectedAppsApiTests.Session(app, "alice");
        users.SessionStamp = "first";
        users.Alice!.SecurityStamp = "second";

        var tokens = await user.TokensAsync("web");

        (await app.GetAsync("/api/read", tokens.Text("access_token"))).Status.Should().Be(401);
    }

    [Test]
    public async Task A_user_who_is_locked_out_is_refused_and_comes_back()
    {
        var tokens = await new ConnectedAppsApiTests.Session(app, "alice").TokensAsync("web");
        users.Alice!.LockoutEnd = DateTimeOffset.MaxValue;
        app.Clock.Advance(TimeSpan.FromSeconds(31));

        (await app.GetAsync("/api/read", tokens.Text("access_token"))).Status.Should().Be(401);
        var refused = await RefreshAsync(tokens);
        (refused.Status, refused.Text("error")).Should().Be((400, "access_denied"));
        (await app.IntrospectAsync(tokens.Text("access_token")!)).Json.GetProperty("active").GetBoolean().Should().BeFalse();

        users.Alice.LockoutEnd = null;
        app.Clock.Advance(TimeSpan.FromSeconds(31));
        await WorksAsync(tokens);
    }

    [Test]
    public async Task A_deleted_user_has_no_authorization()
    {
        var tokens = await new ConnectedAppsApiTests.Session(app, "alice").TokensAsync("web");
        users.Alice = null;
        app.Clock.Advance(TimeSpan.FromSeconds(31));

        (await app.GetAsync("/api/read", tokens.Text("access_token"))).Status.Should().Be(401);
    }

    [Test]
    public async Task A_user_store_that_is_away_lets_nobody_in()
    {
        var tokens = await new ConnectedAppsApiTests.Session(app, "alice").TokensAsync("web");
        users.IsAway = true;
        app.Clock.Advance(TimeSpan.FromSeconds(31));

        (await app.GetAsync("/api/read", tokens.Text("access_token"))).Status.Should().Be(503);
        (await RefreshAsync(tokens)).Status.Should().Be(503);
        users.IsAway = false;
        await WorksAsync(tokens);
    }

    [Test]
    public async Task No_stamp_is_kept_as_it_is()
    {
        await new ConnectedAppsApiTests.Session(app, "alice").TokensAsync("web");

        using var scope = app.Services.CreateScope();
        var rows = await scope.ServiceProvider.GetRequiredService<IAuthorizationStore>().ListAsync(new("alice", null), default);
        rows.Items.Should().ContainSingle().Which.Data.Should().Contain("\"note\":").And.NotContain("first");
    }

    [Test]
    public async Task A_subject_that_is_not_the_id_of_a_user_stops_the_start()
    {
        var start = () =>
            TestApp.StartAsync(
                o => o.SubjectClaim = "email",
                parts: server =>
                {
                    server.Services.AddIdentityCore<IdentityUser>();
                    server.Services.AddSingleton<IUserStore<IdentityUser>>(users);
                    server.AddIdentityGrantPolicy<IdentityUser>();
                }
            );

        (await start.Should().ThrowAsync<Exception>()).Which.Message.Should().Contain("subjectClaim");
    }

    private async Task WorksAsync(Answer tokens)
    {
        (await app.GetAsync("/api/read", tokens.Text("access_token"))).Status.Should().Be(200);
        (await RefreshAsync(tokens)).Status.Should().Be(200);
    }

    private Task<Answer> RefreshAsync(Answer tokens) => app.RefreshAsync("web", tokens.Text("refresh_token")!);

    /// <summary>The session carries the stamp of the sign-in, as Identity's cookie does.</summary>
    private sealed class Sessions(Users users) : IClaimsTransformation
    {
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
        {
            if (principal.FindFirst("AspNet.Identity.SecurityStamp") is null)
                principal.AddIdentity(
                    new([new("AspNet.Identity.SecurityStamp", users.SessionStamp ?? users.Alice?.SecurityStamp ?? "gone")])
                );
            return Task.FromResult(principal);
        }
    }

    /// <summary>One user. The policy reads the id, the stamp and the lock-out; nothing else is asked.</summary>
    private sealed class Users : IUserSecurityStampStore<IdentityUser>, IUserLockoutStore<IdentityUser>
    {
        public IdentityUser? Alice { get; set; } =
            new("alice")
            {
                Id = "alice",
                SecurityStamp = "first",
                LockoutEnabled = true,
            };

        public string? SessionStamp { get; set; }

        public bool IsAway { get; set; }

        public Task<IdentityUser?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
            IsAway ? throw new InvalidOperationException("The user store is away.") : Task.FromResult(Alice?.Id == userId ? Alice : null);

        public Task<string?> GetSecurityStampAsync(IdentityUser user, CancellationToken cancellationToken) =>
            Task.FromResult(user.SecurityStamp);

        public Task<DateTimeOffset?> GetLockoutEndDateAsync(IdentityUser user, CancellationToken cancellationToken) =>
            Task.FromResult(user.LockoutEnd);

        public Task<bool> GetLockoutEnabledAsync(IdentityUser user, CancellationToken cancellationToken) =>
            Task.FromResult(user.LockoutEnabled);

        public void Dispose() { }

        public Task SetSecurityStampAsync(IdentityUser user, string stamp, CancellationToken cancellationToken) => throw Unexpected();

        public Task SetLockoutEndDateAsync(IdentityUser user, DateTimeOffset? lockoutEnd, CancellationToken cancellationToken) =>
            throw Unexpected();

        public Task<int> IncrementAccessFailedCountAsync(IdentityUser user, CancellationToken cancellationToken) => throw Unexpected();

        public Task ResetAccessFailedCountAsync(IdentityUser user, CancellationToken cancellationToken) => throw Unexpected();

        public Task<int> GetAccessFailedCountAsync(IdentityUser user, CancellationToken cancellationToken) => throw Unexpected();

        public Task SetLockoutEnabledAsync(IdentityUser user, bool enabled, CancellationToken cancellationToken) => throw Unexpected();

        public Task<string> GetUserIdAsync(IdentityUser user, CancellationToken cancellationToken) => Task.FromResult(user.Id);

        public Task<string?> GetUserNameAsync(IdentityUser user, CancellationToken cancellationToken) => Task.FromResult(user.UserName);

        public Task SetUserNameAsync(IdentityUser user, string? userName, CancellationToken cancellationToken) => throw Unexpected();

        public Task<string?> GetNormalizedUserNameAsync(IdentityUser user, CancellationToken cancellationToken) => throw Unexpected();

        public Task SetNormalizedUserNameAsync(IdentityUser user, string? normalizedName, CancellationToken cancellationToken) =>
            throw Unexpected();

        public Task<IdentityResult> CreateAsync(IdentityUser user, CancellationToken cancellationToken) => throw Unexpected();

        public Task<IdentityResult> UpdateAsync(IdentityUser user, CancellationToken cancellationToken) => throw Unexpected();

        public Task<IdentityResult> DeleteAsync(IdentityUser user, CancellationToken cancellationToken) => throw Unexpected();

        public Task<IdentityUser?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => throw Unexpected();

        private static NotSupportedException Unexpected() => new("The policy does not ask this.");
    }
}
