using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Scope at the authorization endpoint (RFC 6749 §3.3).</summary>
internal sealed class AuthorizeScopeTests
{
    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() =>
        app = await TestApp.StartAsync(o =>
        {
            var reader = TestApp.Client(
                "reader",
                TestApp.WebSecret,
                null,
                [TestApp.RedirectUri],
                ["authorization_code", "client_credentials"]
            );
            reader.Scopes.Add("read");
            o.Clients.Add(reader);
        });

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [TestCase("re\"ad")]
    [TestCase("read\\")]
    [TestCase("read\twrite")]
    [TestCase("read\nwrite")]
    [TestCase("réad")]
    [Rfc("6749-3.3-1")]
    [Rfc("6749-4.1.2.1-4")]
    public async Task A_malformed_scope_is_refused(string scope) =>
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web", ("scope", scope)))).ShouldBeErrorRedirect("invalid_scope");

    [TestCase("write read")]
    [TestCase("read write read")]
    [TestCase("  read  write ")]
    [Rfc("6749-3.3-2")]
    public async Task Order_and_repetition_mean_nothing(string scope)
    {
        var tokens = await app.TokensAsync("web", ("scope", scope), ("prompt", "consent"));
        tokens.Text("scope")!.Split(' ').Should().BeEquivalentTo(["read", "write"]);
    }

    [TestCase("read", "read")]
    [TestCase("write", "write")]
    [TestCase("read delete", "read")]
    [Rfc("6749-3.3-3")]
    public async Task A_scope_that_the_user_leaves_out_is_not_granted_and_the_client_is_told(string ticked, string granted)
    {
        var browser = app.NewUser();
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
        var answer = await browser.PressAsync(page, "approve", [.. ticked.Split(' ').Select(s => ("scope", s))]);
        var tokens = await app.RedeemAsync("web", answer.LocationParameter("code")!);
        tokens.Text("scope").Should().Be(granted);
    }

    [Test, Rfc("6749-3.3-4")]
    public async Task Without_a_scope_and_without_a_default_the_request_is_refused()
    {
        await using var other = await TestApp.StartAsync(o =>
        {
            o.Scopes.Clear();
            o.Scopes.Add(new() { Name = "delete", Destructive = true });
        });
        (await other.NewUser().GetAsync(TestApp.AuthorizeUrl("web", ("scope", null)))).ShouldBeErrorRedirect("invalid_scope");
        var token = await other.PostAsync("/oauth2/token", ("grant_type", "client_credentials"), ("basic", "machine:" + TestApp.WebSecret));
        token.ShouldBeError("invalid_scope");
    }

    [Test, Rfc("6749-10.3-3"), Rfc("6749-3.3-6")]
    public async Task The_registered_scope_is_the_ceiling_of_a_client_of_the_hosts_own()
    {
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl("reader"))).ShouldBeErrorRedirect("invalid_scope");
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl("reader", ("scope", "read")))).IsConsentPage().Should().BeTrue();
        (string, string)[] form = [("grant_type", "client_credentials"), ("basic", "reader:" + TestApp.WebSecret)];
        (await app.PostAsync("/oauth2/token", [.. form, ("scope", "write")])).ShouldBeError("invalid_scope");
        (await app.PostAsync("/oauth2/token", form)).Text("scope").Should().Be("read");
    }

    [Test, Rfc("6749-3.3-6"), Rfc("9700-2.3-1")]
    public async Task The_registered_scope_of_a_self_registered_client_is_only_its_default()
    {
        var id = await app.DcrAsync();
        (await app.TokensAsync(id, ("scope", null))).Text("scope").Should().Be("read");
        (await app.TokensAsync(id, ("scope", "write delete"))).Text("scope").Should().Be("write delete");
    }

    [TestCase("web", "read offline_access", "read")]
    [TestCase("spa", "openid email profile write", "write")]
    [TestCase("native", " read admin  READ", "read")]
    [TestCase("dcr", "read offline_access", "read")]
    [TestCase("web", "openid", "read")]
    [TestCase("dcr", "offline_access", "read")]
    [Rfc("6749-3.3-1"), Rfc("6749-3.3-3"), Rfc("6749-6-5")]
    public async Task Unknown_scopes_are_left_out_at_authorize_and_at_refresh(string client, string asked, string granted)
    {
        var id = client;
        if (client == "dcr")
            id = (
                await app.PostJsonAsync(
                    "/oauth2/register",
                    $$"""{"redirect_uris":["{{TestApp.RedirectUri}}"],"grant_types":["authorization_code","refresh_token"],"token_endpoint_auth_method":"none"}"""
                )
            ).Text("client_id")!;
        var tokens = await app.TokensAsync(id, ("scope", asked));
        tokens.Text("scope").Should().Be(granted);

        var refreshed = await app.RefreshAsync(id, tokens.RefreshToken(), ("scope", asked));
        refreshed.Text("scope").Should().Be(granted, refreshed.Body);
        (await app.RefreshAsync(id, refreshed.RefreshToken(), ("scope", granted + " delete"))).ShouldBeError("invalid_scope");
        (await app.RefreshAsync(id, refreshed.RefreshToken(), ("scope", "re\"ad"))).ShouldBeError("invalid_scope");
    }

    [Test, Rfc("6749-3.3-3")]
    public async Task Client_credentials_leave_unknown_scopes_out_too()
    {
        (string, string)[] form = [("grant_type", "client_credentials"), ("basic", "reader:" + TestApp.WebSecret)];
        (await app.PostAsync("/oauth2/token", [.. form, ("scope", "read offline_access admin")])).Text("scope").Should().Be("read");
    }

    [TestCase("READ")]
    [TestCase("read admin")]
    [Rfc("6749-3.3-1"), Rfc("6749-4.1.2.1-4")]
    public async Task A_host_may_refuse_unknown_scopes(string scope)
    {
        await using var strict = await TestApp.StartAsync(o => o.UnknownScopes = UnknownScopes.Refuse);
        (await strict.NewUser().GetAsync(TestApp.AuthorizeUrl("web", ("scope", scope)))).ShouldBeErrorRedirect("invalid_scope");
        var tokens = await strict.TokensAsync("web", ("scope", "read offline_access"));
        tokens.Text("scope").Should().Be("read", "offline_access is never refused");
        (await strict.RefreshAsync("web", tokens.RefreshToken(), ("scope", scope))).ShouldBeError("invalid_scope");
    }
}
