using HQ.OAuth2.AspNetCore.Tests;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2;

/// <summary>PostgreSQL that goes away and comes back: 503 and never a refusal, documents from memory, nothing spent.</summary>
internal sealed class DatabaseDownTests
{
    private TestDatabase database = null!;
    private CuttableLine line = null!;
    private TestApp app = null!;

    [SetUp]
    public async Task StartAsync()
    {
        database = await TestDatabase.PostgreSqlAsync();
        var direct = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        line = new(direct.Host!, direct.Port);
        var through = new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            Host = "127.0.0.1",
            Port = line.Port,
            Timeout = 10,
            CommandTimeout = 10,
        };
        app = await TestApp.StartAsync(
            o => o.CacheClientsFor = TimeSpan.Zero,
            s =>
            {
                s.UsePostgreSql(through.ConnectionString);
                s.Services.AddHealthChecks().AddHqOAuth2();
            },
            inMemory: true
        );
    }

    [TearDown]
    public async Task StopAsync()
    {
        if (app is not null)
            await app.DisposeAsync();
        line?.Dispose();
        if (database is not null)
            await database.DisposeAsync();
    }

    [Test, Rfc("7009-2.2.1-2"), Rfc("7662-2.1-7")]
    public async Task While_it_is_down_everything_is_503_and_afterwards_everything_is_as_before()
    {
        var registered = await app.DcrAsync();
        var (code, tokens, machine) = (await app.CodeAsync("spa"), await app.TokensAsync("web"), await app.MachineTokenAsync());
        (await HealthAsync()).Should().Be(HealthStatus.Healthy);

        line.Cut();

        foreach (
            var (what, answer) in new[]
            {
                ("redeem", await app.RedeemAsync("spa", code)),
                ("refresh", await app.RefreshAsync("web", tokens.RefreshToken())),
                ("a client of the store", await app.RedeemAsync(registered, code)),
                ("introspect", await app.IntrospectAsync(tokens.AccessToken())),
                ("introspect a token without a row", await app.IntrospectAsync(machine.AccessToken())),
                ("revoke", await app.PostAsync(Revoke, [("token", tokens.RefreshToken()), .. TestApp.Credentials("web")])),
                ("register", await app.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri } })),
            }
        )
        {
            answer.ShouldBeError("temporarily_unavailable", 503);
            answer.Header("Retry-After").Should().MatchRegex("^[1-9][0-9]*$", what);
            answer.Body.Should().NotContain("127.0.0.1", what);
        }

        (await HealthAsync()).Should().Be(HealthStatus.Unhealthy);
        (await app.GetAsync("/oauth2/jwks")).Json.GetProperty("keys").GetArrayLength().Should().Be(1);
        (await app.GetAsync("/.well-known/oauth-authorization-server")).Status.Should().Be(200);
        (await app.MachineTokenAsync()).Status.Should().Be(200, "it needs no row");

        line.Mend();

        (await app.RedeemAsync("spa", code)).Status.Should().Be(200);
        (await app.IsActiveAsync(tokens.AccessToken())).Should().BeTrue("its revocation was refused, not done");
        (await app.RefreshAsync("web", tokens.RefreshToken())).Status.Should().Be(200);
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl(registered))).IsConsentPage().Should().BeTrue();
        (await HealthAsync()).Should().Be(HealthStatus.Healthy);
    }

    [Test, Rfc("6749-4.1.2.1-5")]
    public async Task Authorize_tells_the_client_where_it_may_and_the_user_where_it_may_not()
    {
        var registered = await app.DcrAsync();
        var browser = app.NewUser();
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("spa"));
        page.IsConsentPage().Should().BeTrue();

        line.Cut();

        (await browser.PressAsync(page, "approve")).ShouldBeErrorRedirect("temporarily_unavailable");
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web"))).ShouldBeErrorRedirect("temporarily_unavailable");
        var unknown = await app.NewUser().GetAsync(TestApp.AuthorizeUrl(registered));
        (unknown.Status, unknown.Location, unknown.ContentType).Should().Be((503, null, "text/html"));

        line.Mend();
        (await browser.PressAsync(page, "approve")).LocationParameter("code").Should().NotBeNull();
    }

    [Test]
    public async Task A_swap_whose_answer_is_lost_counts_and_the_client_notices_nothing()
    {
        const string statement = "UPDATE hq_authorizations";
        var code = await app.CodeAsync("spa");

        line.LoseTheAnswerTo(statement);
        var tokens = await app.RedeemAsync("spa", code);
        tokens.Status.Should().Be(200, tokens.Body);

        line.LoseTheAnswerTo(statement);
        var refreshed = await app.RefreshAsync("spa", tokens.RefreshToken());
        refreshed.Status.Should().Be(200, refreshed.Body);

        line.Lost.Should().Be(2);
        (await app.IsActiveAsync(refreshed.AccessToken())).Should().BeTrue();
        (await app.RowsAsync()).Should().ContainSingle().Which.Version.Should().Be(3);
    }

    [Test]
    public async Task A_login_whose_answer_is_lost_counts_and_a_revocation_is_never_confirmed_on_a_guess()
    {
        line.LoseTheAnswerTo("INSERT INTO hq_authorizations");
        (await app.RedeemAsync("spa", await app.CodeAsync("spa"))).Status.Should().Be(200);
        (await app.RowsAsync()).Should().ContainSingle();

        line.LoseTheAnswerTo("DELETE FROM hq_authorizations");
        var tokens = await app.TokensAsync("spa");
        var revoked = await app.PostAsync(Revoke, ("token", tokens.RefreshToken()), ("client_id", "spa"));
        revoked.ShouldBeError("temporarily_unavailable", 503);
        (await app.PostAsync(Revoke, ("token", tokens.RefreshToken()), ("client_id", "spa"))).Status.Should().Be(200);
        line.Lost.Should().Be(2);
    }

    private async Task<HealthStatus> HealthAsync() =>
        (await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status;
}
