using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Which redirect URI a request may name (RFC 6749 §3.1.2, RFC 8252 §7 and §8, RFC 9700 §2.1).</summary>
internal sealed class AuthorizeRedirectUriTests
{
    private const string WithQuery = "https://c.example/cb?x=1&y=%20";

    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() =>
        app = await TestApp.StartAsync(o =>
        {
            o.Clients.Add(TestApp.Client("query", null, null, [WithQuery, "https://c.example/cb?"], []));
            o.Clients.Add(TestApp.Client("tilde", TestApp.WebSecret, null, ["https://c.example/~me/cb"], []));
            o.Clients.Add(
                TestApp.Client("ports", null, null, ["http://127.0.0.1:3000/cb", "http://localhost:3000/cb", "http://127.0.0.1"], [])
            );
            o.Clients.Add(TestApp.Client("server", TestApp.WebSecret, null, ["http://127.0.0.1/cb"], []));
        });

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    private Task<Answer> GetAsync(string client, string? redirectUri) =>
        app.NewUser().GetAsync(TestApp.AuthorizeUrl(client, ("redirect_uri", redirectUri)));

    [TestCase("web", "https://APP.example.com/cb")]
    [TestCase("web", "HTTPS://app.example.com/cb")]
    [TestCase("web", "https://app.example.com/cb/")]
    [TestCase("web", "https://app.example.com/CB")]
    [TestCase("web", "https://app.example.com:443/cb")]
    [TestCase("web", "https://app.example.com:8443/cb")]
    [TestCase("web", "https://app.example.com/cb?a=b")]
    [TestCase("web", "https://app.example.com/cb?")]
    [TestCase("web", "https://app.example.com/cb#x")]
    [TestCase("web", "https://app.example.com/cb#")]
    [TestCase("web", "https://app.example.com/x/../cb")]
    [TestCase("web", "https://app.example.com//cb")]
    [TestCase("web", "https://user@app.example.com/cb")]
    [TestCase("web", "https://app.example.com@evil.example/cb")]
    [TestCase("web", "https://app.example.com.evil.example/cb")]
    [TestCase("web", "https://app.example.com")]
    [TestCase("web", "http://app.example.com/cb")]
    [TestCase("web", "//app.example.com/cb")]
    [TestCase("web", "/cb")]
    [TestCase("web", " https://app.example.com/cb")]
    [TestCase("web", "https://evil.example/cb")]
    [TestCase("web", "javascript:alert(1)")]
    [TestCase("tilde", "https://c.example/%7Eme/cb")]
    [TestCase("spa", "https://app.example.com:8443/cb")]
    [TestCase("spa", "https://app.example.com/cb?a=b")]
    [Rfc("6749-3.1.2.3-3")]
    [Rfc("6749-3.1.2.4-1")]
    [Rfc("9700-2.1-1")]
    [Rfc("8252-8.4-1")]
    public async Task Any_other_string_is_told_to_the_user_only(string client, string uri) =>
        (await GetAsync(client, uri)).ShouldBeErrorPage();

    [Test, Rfc("6749-3.1.2.3-3")]
    public async Task The_registered_string_is_accepted() =>
        (await GetAsync("tilde", "https://c.example/~me/cb")).IsConsentPage().Should().BeTrue();

    [TestCase("https://app.example.com/cb#x")]
    [TestCase("https://app.example.com/cb#")]
    [Rfc("6749-3.1.2-2")]
    public async Task A_fragment_is_neither_accepted_nor_registered(string uri)
    {
        (await GetAsync("web", uri)).ShouldBeErrorPage();
        (await app.RegisterAsync(new { redirect_uris = new[] { uri } })).ShouldBeError("invalid_redirect_uri");
    }

    [Test, Rfc("6749-3.1.2.4-2"), Rfc("6749-10.14-1")]
    public async Task The_page_says_what_is_wrong_and_the_uri_is_no_link()
    {
        await using var explaining = await TestApp.StartAsync(o => o.ExplainErrors = true);
        var page = await explaining.NewUser().GetAsync(TestApp.AuthorizeUrl("web", ("redirect_uri", "https://evil.example/<b>\"x")));
        page.ShouldBeErrorPage();
        page.Body.Should().Contain("an address that it did not register, so nothing is sent there");
        page.Body.Should()
            .Contain("redirect_uri is &#x27;https://evil.example/&lt;b&gt;?x&#x27;")
            .And.NotContain("<b>")
            .And.NotContain("<a ");
    }

    [Test, Rfc("6749-3.1.2.3-2")]
    public async Task A_uri_of_another_client_is_not_this_clients() => (await GetAsync("tilde", TestApp.RedirectUri)).ShouldBeErrorPage();

    [TestCase("native")]
    [TestCase("query")]
    [Rfc("6749-3.1.2.3-1")]
    public async Task With_several_registered_it_must_be_named(string client) => (await GetAsync(client, null)).ShouldBeErrorPage();

    [TestCase("web")]
    [TestCase("spa")]
    [Rfc("6749-3.1.2.3-1")]
    public async Task With_one_registered_it_may_be_left_out(string client)
    {
        var answer = await app.NewUser().ApproveAsync(TestApp.AuthorizeUrl(client, ("redirect_uri", null)));
        answer.Location.Should().StartWith(TestApp.RedirectUri + "?code=");
    }

    [TestCase(WithQuery, WithQuery + "&code=")]
    [TestCase("https://c.example/cb?", "https://c.example/cb?code=")]
    [Rfc("6749-3.1.2-3")]
    [Rfc("6749-3.1.2.2-4")]
    public async Task A_query_of_its_own_stays_as_it_is(string uri, string expected)
    {
        var url = TestApp.AuthorizeUrl("query", ("redirect_uri", uri));
        (await app.NewUser().ApproveAsync(url)).Location.Should().StartWith(expected);
        (await app.NewUser().DenyAsync(url)).Location.Should().StartWith(expected.Replace("code=", "error=", StringComparison.Ordinal));
    }

    [TestCase("native", "http://127.0.0.1:51004/cb")]
    [TestCase("native", "http://127.0.0.1/cb")]
    [TestCase("native", "http://127.0.0.1:65535/cb")]
    [TestCase("native", "http://[::1]:61023/cb")]
    [TestCase("native", "http://localhost:3118/callback")]
    [TestCase("ports", "http://127.0.0.1:51004/cb")]
    [TestCase("ports", "http://127.0.0.1/cb")]
    [TestCase("ports", "http://localhost:3118/cb")]
    [TestCase("ports", "http://127.0.0.1:1")]
    [Rfc("8252-7.3-1")]
    [Rfc("8252-7.3-2")]
    [Rfc("8252-8.3-1")]
    public async Task A_public_client_may_listen_on_any_port_of_this_computer(string client, string uri)
    {
        var answer = await app.NewUser().ApproveAsync(TestApp.AuthorizeUrl(client, ("redirect_uri", uri)));
        answer.Location.Should().StartWith(uri + "?code=");

        // The token request compares with what was asked for, port included.
        var code = answer.LocationParameter("code")!;
        (string, string)[] form =
        [
            ("grant_type", "authorization_code"),
            ("client_id", client),
            ("code", code),
            ("code_verifier", TestApp.Verifier),
        ];
        (await app.PostAsync("/oauth2/token", [.. form, ("redirect_uri", "http://127.0.0.1:2/cb")])).ShouldBeError("invalid_grant");
        (await app.PostAsync("/oauth2/token", [.. form, ("redirect_uri", uri)])).Status.Should().Be(200);
    }

    [TestCase("native", "http://127.0.0.1:1/other")]
    [TestCase("native", "http://127.0.0.1:1/cb?x=1")]
    [TestCase("native", "https://127.0.0.1:1/cb")]
    [TestCase("native", "http://localhost:1/cb")]
    [TestCase("native", "http://127.0.0.1:1/callback")]
    [TestCase("native", "http://127.0.0.1.evil.example/cb")]
    [TestCase("native", "http://127.0.0.1@evil.example/cb")]
    [TestCase("native", "http://127.0.0.1:1@evil.example/cb")]
    [TestCase("native", "http://localhost.evil.example/callback")]
    [TestCase("native", "http://127.1/cb")]
    [TestCase("native", "http://2130706433/cb")]
    [TestCase("native", "http://[0:0:0:0:0:0:0:1]/cb")]
    [TestCase("native", "http://127.0.0.1:/cb")]
    [TestCase("native", "http://127.0.0.1:0/cb")]
    [TestCase("native", "http://127.0.0.1:65536/cb")]
    [TestCase("native", "http://127.0.0.1:+80/cb")]
    [TestCase("native", "http://127.0.0.1:80\\@evil.example/cb")]
    [TestCase("native", "http://127.0.0.1:1/cb#x")]
    [TestCase("native", "com.example.app:/oauth2redirect/p/")]
    [TestCase("native", "com.example.app:/oauth2redirect")]
    [TestCase("native", "com.example.APP:/oauth2redirect/p")]
    [TestCase("ports", "http://[::1]:3000/cb")]
    [TestCase("ports", "http://127.0.0.1:1/x")]
    [TestCase("server", "http://127.0.0.1:51004/cb")]
    [Rfc("8252-7.3-3")]
    [Rfc("8252-8.3-1")]
    [Rfc("8252-8.4-1")]
    [Rfc("9700-2.1-1")]
    public async Task Nothing_but_the_port_of_a_public_client_may_differ(string client, string uri) =>
        (await GetAsync(client, uri)).ShouldBeErrorPage();

    [TestCase("com.example.app:/oauth2redirect/p")]
    [TestCase("https://app.example.com/native")]
    [TestCase("http://127.0.0.1:4711/cb")]
    [Rfc("8252-7-1")]
    [Rfc("8252-7.1-1")]
    public async Task A_native_app_gets_tokens_on_each_kind_of_redirect(string uri)
    {
        var answer = await app.NewUser().ApproveAsync(TestApp.AuthorizeUrl("native", ("redirect_uri", uri)));
        answer.Location.Should().StartWith(uri + "?code=");
        var tokens = await app.PostAsync(
            "/oauth2/token",
            ("grant_type", "authorization_code"),
            ("client_id", "native"),
            ("code", answer.Location!.Split("code=")[1].Split('&')[0]),
            ("code_verifier", TestApp.Verifier),
            ("redirect_uri", uri)
        );
        tokens.Text("access_token").Should().NotBeNullOrEmpty();
    }
}
