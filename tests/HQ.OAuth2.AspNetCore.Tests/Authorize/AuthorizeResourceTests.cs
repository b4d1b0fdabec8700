using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Resource indicators at the authorization endpoint (RFC 8707 §2).</summary>
internal sealed class AuthorizeResourceTests
{
    private const string Listed = "https://cal.example.com/a?tenant=1";

    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() =>
        app = await TestApp.StartAsync(o =>
        {
            o.Resources.Add(new() { Identifier = Listed, Name = "The calendar" });
            o.Resources.Add(new() { Identifier = "https://mail.example.com/" });
        });

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [TestCase("mcp.example.com")]
    [TestCase("/mcp")]
    [TestCase("//auth.example.com/mcp")]
    [TestCase("https://auth.example.com/mcp#x")]
    [TestCase("https://auth.example.com/mcp#")]
    [TestCase("https://auth.example.com/a b")]
    [TestCase("https://unknown.example.com/")]
    [TestCase("https://auth.example.com.evil.example/mcp")]
    [TestCase("https://auth.example.com@evil.example/mcp")]
    [TestCase("https://auth.example.com:8443/mcp")]
    [TestCase("http://auth.example.com/mcp")]
    [TestCase("https://cal.example.com/a?tenant=2")]
    [TestCase("https://cal.example.com/a")]
    [TestCase("https://cal.example.com/a?tenant=1&x")]
    [Rfc("8707-2-1")]
    [Rfc("8707-2-2")]
    [Rfc("8707-2-4")]
    public async Task A_resource_that_is_malformed_or_unknown_is_refused(string resource) =>
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web", ("resource", resource)))).ShouldBeErrorRedirect("invalid_target");

    [TestCase(Listed, Listed)]
    [TestCase("https://mail.example.com", "https://mail.example.com/")]
    [TestCase("https://auth.example.com/mcp", "https://auth.example.com/mcp")]
    [TestCase(null, TestApp.Issuer)]
    [Rfc("8707-2-2")]
    [Rfc("8707-2-5")]
    [Rfc("8707-2.1-1")]
    [Rfc("8707-2.1-2")]
    [Rfc("9700-2.3-2")]
    public async Task The_whole_grant_is_for_the_resource_that_was_asked_for(string? resource, string audience)
    {
        var tokens = await app.TokensAsync("web", ("resource", resource));
        (await app.IntrospectAsync(tokens.Text("access_token")!)).Text("aud").Should().Be(audience);
        var refreshed = await app.RefreshAsync("web", tokens.Text("refresh_token")!);
        (await app.IntrospectAsync(refreshed.Text("access_token")!)).Text("aud").Should().Be(audience);
    }

    [Test, Rfc("8707-2-3"), Rfc("8707-2-5")]
    public async Task Several_resources_are_all_in_the_grant()
    {
        var browser = app.NewUser();
        var url =
            TestApp.AuthorizeUrl("web", ("resource", Listed))
            + "&resource=https%3A%2F%2Fmail.example.com%2F&resource="
            + Uri.EscapeDataString(Listed);
        var page = await browser.GetAsync(url);
        page.Body.Should()
            .Contain("<li>The calendar <span class=\"soft\">cal.example.com/a?tenant=1</span></li><li>mail.example.com/</li>");
        var answer = await browser.PressAsync(page, "approve");
        var tokens = await app.RedeemAsync("web", answer.LocationParameter("code")!);
        var aud = (await app.IntrospectAsync(tokens.Text("access_token")!)).Json.GetProperty("aud");
        aud.EnumerateArray().Select(a => a.GetString()).Should().Equal(Listed, "https://mail.example.com/");
    }
}
