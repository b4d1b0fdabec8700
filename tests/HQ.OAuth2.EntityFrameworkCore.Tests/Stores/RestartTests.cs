using HQ.OAuth2.AspNetCore.Tests;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2;

/// <summary>What a process that starts anew on the same database still knows: everything.</summary>
internal sealed class RestartTests(Engine engine) : OnEachDatabase(engine)
{
    [Test, Rfc("7009-2.2-1")]
    public async Task Everything_is_there_after_a_restart()
    {
        string registered,
            code,
            revokedMachine,
            handle;
        Answer spa,
            web,
            revoked,
            jwks;
        IReadOnlyList<AuthorizationRecord> rows;
        await using (var before = await StartAsync())
        {
            registered = await before.DcrAsync();
            code = await before.CodeAsync("spa");
            (spa, web, revoked) = (await before.TokensAsync("spa"), await before.TokensAsync("web"), await before.TokensAsync("spa"));
            await before.PostAsync(Revoke, ("token", revoked.RefreshToken()), ("client_id", "spa"));
            revokedMachine = (await before.MachineTokenAsync()).AccessToken();
            (await before.PostAsync(Revoke, [("token", revokedMachine), .. Machine])).Status.Should().Be(200);
            jwks = await before.GetAsync("/oauth2/jwks");
            handle = Browser
                .HiddenFields(await before.NewBrowser().GetAsync(TestApp.AuthorizeUrl(registered, ("state", new string('s', 1500)))))
                .Single(f => f.Name == "hq_request")
                .Value;
            rows = await before.RowsAsync();
        }

        await using var after = await StartAsync();

        (await after.RowsAsync()).Should().BeEquivalentTo(rows, o => o.WithStrictOrdering());
        (await after.GetAsync("/oauth2/jwks")).Body.Should().Be(jwks.Body);
        (await after.IsActiveAsync(spa.AccessToken())).Should().BeTrue();
        (await after.GetAsync("/api/read", web.AccessToken())).Status.Should().Be(200);
        (await after.RedeemAsync("spa", code)).Status.Should().Be(200);
        (await after.RefreshAsync("spa", spa.RefreshToken())).Status.Should().Be(200);

        // The client, and a request that was on its way through sign-in.
        (await after.NewUser().GetAsync(TestApp.AuthorizeUrl(registered)))
            .IsConsentPage()
            .Should()
            .BeTrue();
        (await after.NewBrowser().GetAsync("/oauth2/authorize?hq_request=" + handle)).IsConsentPage().Should().BeTrue();

        // The consent that was given before.
        (await after.NewBrowser().GetAsync(TestApp.AuthorizeUrl("web")))
            .LocationParameter("code")
            .Should()
            .NotBeNull();

        // Revoked tokens stay revoked.
        (await after.IsActiveAsync(revoked.AccessToken()))
            .Should()
            .BeFalse();
        (await after.IsActiveAsync(revokedMachine)).Should().BeFalse();
        (await after.RefreshAsync("spa", revoked.RefreshToken())).ShouldBeError("invalid_grant");
    }

    [Test]
    public async Task A_turn_spent_before_a_restart_is_retried_and_replayed_after_it_as_before()
    {
        Answer first,
            second;
        await using (var before = await StartAsync())
        {
            first = await before.TokensAsync("spa");
            second = await before.RefreshAsync("spa", first.RefreshToken());
        }

        await using var after = await StartAsync();

        (await after.RefreshAsync("spa", first.RefreshToken())).RefreshToken().Should().Be(second.RefreshToken());
        after.Clock.Advance(TimeSpan.FromSeconds(31));
        (await after.RefreshAsync("spa", first.RefreshToken())).ShouldBeError("invalid_grant");
        (await after.RefreshAsync("spa", second.RefreshToken())).ShouldBeError("invalid_grant");
    }

    [Test]
    public async Task A_node_with_other_data_protection_keys_does_not_start_and_says_why()
    {
        await using (await TestApp.StartAsync(host: OtherKeys, on: Database)) { }

        var start = () => TestApp.StartAsync(host: OtherKeys, on: Database);

        (await start.Should().ThrowAsync<InvalidOperationException>()).WithMessage("*signing-1*PersistDataProtectionKeys*");

        static void OtherKeys(Microsoft.AspNetCore.Builder.WebApplicationBuilder host) =>
            host.Services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
    }

    [Test]
    public async Task No_secret_is_in_the_database_in_clear()
    {
        await using var app = await StartAsync();
        var registered = await app.RegisterAsync(
            new { redirect_uris = new[] { TestApp.RedirectUri }, token_endpoint_auth_method = "client_secret_post" }
        );
        var (code, tokens) = (await app.CodeAsync("spa"), await app.TokensAsync("web"));

        var records = (await app.RowsAsync()).Select(r => r.Data).ToList();
        var client = (await app.FindClientAsync(registered.Text("client_id")!))!.ToJson();
        var keys = await app.Services.GetRequiredService<IKeyStore>().ListAsync(default);

        var secrets = new[] { code.Split('.')[1], tokens.RefreshToken().Split('.')[2], registered.Text("client_secret")! };
        secrets.Should().OnlyContain(s => s.Length > 40);
        var kept = string.Concat(records.Append(client).Concat(keys.Select(k => k.Data)));
        foreach (var secret in secrets)
            kept.Should().NotContain(secret[..40]);
        client.Should().Contain("$2a$");
        keys.Should().HaveCount(2);
    }

    private Task<TestApp> StartAsync() => TestApp.StartAsync(parts: s => s.PersistDataProtectionKeys("test"), on: Database);
}
