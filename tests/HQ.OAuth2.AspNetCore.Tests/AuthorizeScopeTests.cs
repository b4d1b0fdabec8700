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

    [TestCase("READ")]
    [TestCase("read admin")]
    [TestCase("re\"ad")]
    [TestCase("read\\")]
    [TestCase("read\twrite")]
    [TestCase("read\nwrite")]
    [TestCase("réad")]
    [Rfc("6749-3.3-1")]
    [Rfc("6749-4.1.2.1-4")]
    public async Task A_scope_that_is_unknown_or_malformed_is_refused(string scope) =>
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
    public async Task What_the_user_leaves_out_is_not_granted_and_the_client_is_told(string ticked, string granted)
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
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl(id, ("scope", "admin")))).ShouldBeErrorPage();
    }
}
