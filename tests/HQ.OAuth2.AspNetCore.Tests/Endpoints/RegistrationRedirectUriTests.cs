using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Which redirect URIs may be registered (RFC 6749 §3.1.2, RFC 7591 §5, RFC 8252 §8.4, RFC 9700 §2.6).</summary>
internal sealed class RegistrationRedirectUriTests
{
    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => app = await TestApp.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    private Task<Answer> RegisterAsync(string method, params string[] uris) =>
        app.RegisterAsync(new { redirect_uris = uris, token_endpoint_auth_method = method });

    [TestCase("https://c.example/cb")]
    [TestCase("https://c.example:8443/cb?x=1")]
    [TestCase("https://c.example")]
    [TestCase("https://192.0.2.1/cb")]
    [TestCase("https://[2001:db8::1]:8443/cb")]
    [TestCase("http://localhost/callback")]
    [TestCase("http://localhost:3118/callback")]
    [TestCase("http://127.0.0.1:3000/cb")]
    [TestCase("http://127.0.0.1")]
    [TestCase("http://[::1]/cb")]
    [TestCase("com.example.app:/oauth2redirect/p")]
    [TestCase("com.example.app://cb")]
    [TestCase("cursor://anysphere.cursor-mcp/oauth/callback")]
    [TestCase("vscode://vscode.github-authentication/did-authenticate")]
    [TestCase("vscode-insiders://x/y")]
    [TestCase("windsurf://x/y")]
    [Rfc("8252-7-1")]
    [Rfc("8252-8.4-2")]
    [Rfc("7591-5-2")]
    public async Task Each_kind_of_a_public_client_is_registered_and_used_as_it_stands(string uri)
    {
        var answer = await RegisterAsync("none", uri);
        answer.Status.Should().Be(201, answer.Body);
        answer.Json.GetProperty("redirect_uris")[0].GetString().Should().Be(uri);
        var code = await app.NewUser().ApproveAsync(TestApp.AuthorizeUrl(answer.Text("client_id")!, ("redirect_uri", uri)));
        code.Location.Should().StartWith(uri + (uri.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "code=hqa_");
    }

    [TestCase("/cb")]
    [TestCase("//host/cb")]
    [TestCase("cb")]
    [TestCase("")]
    [TestCase(" https://c.example/cb")]
    [TestCase("https:c.example/cb")]
    [TestCase("https:///cb")]
    [TestCase("https://")]
    [Rfc("6749-3.1.2-1")]
    public async Task What_is_not_absolute_is_refused(string uri) =>
        (await RegisterAsync("none", uri)).ShouldBeError("invalid_redirect_uri");

    [TestCase("https://c.example/cb#x")]
    [TestCase("https://c.example/cb#")]
    [TestCase("com.example.app:/cb#x")]
    [Rfc("6749-3.1.2-2")]
    public async Task A_fragment_is_refused(string uri) => (await RegisterAsync("none", uri)).ShouldBeError("invalid_redirect_uri");

    [TestCase("https://*.c.example/cb")]
    [TestCase("https://c.example/*")]
    [TestCase("http://localhost:*/cb")]
    [TestCase("*")]
    [Rfc("6749-3.1.2.2-3")]
    public async Task A_pattern_is_refused(string uri) => (await RegisterAsync("none", uri)).ShouldBeError("invalid_redirect_uri");

    [TestCase("http://c.example/cb")]
    [TestCase("http://10.0.0.5/cb")]
    [TestCase("http://localhost.evil.example/cb")]
    [TestCase("http://127.0.0.1.evil.example/cb")]
    [TestCase("http://127.0.0.1@evil.example/cb")]
    [TestCase("http://127.1/cb")]
    [TestCase("http://0.0.0.0/cb")]
    [TestCase("http://LOCALHOST/cb")]
    [TestCase("HTTP://localhost/cb")]
    [Rfc("9700-2.6-2")]
    [Rfc("7591-5-2")]
    public async Task Plain_http_is_for_this_computer_only(string uri) =>
        (await RegisterAsync("none", uri)).ShouldBeError("invalid_redirect_uri");

    [TestCase("javascript:alert(1)")]
    [TestCase("JavaScript:alert(1)")]
    [TestCase("data:text/html,x")]
    [TestCase("file:///etc/passwd")]
    [TestCase("blob:https://c.example/x")]
    [TestCase("about:blank")]
    [TestCase("vbscript:x")]
    [TestCase("ftp://c.example/cb")]
    [TestCase("ws://c.example/cb")]
    [TestCase("mailto:a@c.example")]
    [TestCase("myapp:/cb")]
    [TestCase("myapp://cb")]
    [TestCase("Cursor://x/y")]
    [TestCase("com.example.app:")]
    [TestCase("com.Example.app:/cb")]
    [TestCase("https://user:pass@c.example/cb")]
    [TestCase("https://c.example\\@evil.example/cb")]
    [TestCase("https://c.example:0/cb")]
    [TestCase("https://c.example/é")]
    [TestCase("https://c.example/a b")]
    [TestCase("https://c.example/\r\nx")]
    [Rfc("7591-5-2")]
    [Rfc("8252-8.4-2")]
    public async Task No_other_scheme_and_no_odd_form_is_registered(string uri) =>
        (await RegisterAsync("none", uri)).ShouldBeError("invalid_redirect_uri");

    [TestCase("code")]
    [TestCase("state")]
    [TestCase("iss")]
    [TestCase("error")]
    [TestCase("error_description")]
    [TestCase("error_uri")]
    [TestCase("%63ode")]
    [Rfc("6749-3.1-8")]
    public async Task A_query_that_the_answer_would_repeat_is_refused(string name)
    {
        (await RegisterAsync("none", $"https://c.example/cb?a=1&{name}=a")).ShouldBeError("invalid_redirect_uri");
        (await RegisterAsync("none", $"https://c.example/cb?x{name}=a")).Status.Should().Be(201);
    }

    [TestCase("client_secret_basic")]
    [TestCase("client_secret_post")]
    [Rfc("8252-8.4-2")]
    public async Task A_private_use_scheme_is_for_public_clients_only(string method) =>
        (await RegisterAsync(method, "com.example.app:/cb")).ShouldBeError("invalid_redirect_uri");

    [TestCase("none")]
    [TestCase("client_secret_basic")]
    [Rfc("7591-5-1")]
    [Rfc("6749-3.1.2.2-1")]
    [Rfc("6749-3.1.2.2-2")]
    public async Task The_code_grant_needs_redirect_uris(string method)
    {
        (await RegisterAsync(method)).ShouldBeError("invalid_redirect_uri");
        (await app.RegisterAsync(new { token_endpoint_auth_method = method })).ShouldBeError("invalid_redirect_uri");
    }

    [Test, Rfc("7591-3.2.2-2")]
    public async Task One_bad_uri_among_good_ones_registers_nothing()
    {
        await using var other = await TestApp.StartAsync();
        var registry = (IClientRegistry)other.Services.GetRequiredService<IClientStore>();
        string[] uris = ["https://c.example/a", "http://c.example/b", "https://c.example/c"];
        (await other.RegisterAsync(new { redirect_uris = uris })).ShouldBeError("invalid_redirect_uri");
        (await registry.ListAsync(new(), CancellationToken.None)).Items.Should().BeEmpty();
        (await other.RegisterAsync(new { redirect_uris = uris.Where(u => u[4] == 's') })).Status.Should().Be(201);
        (await registry.ListAsync(new(), CancellationToken.None)).Items.Should().ContainSingle();
    }

    [Test, Rfc("8252-8.4-2")]
    public async Task A_host_may_list_another_scheme()
    {
        await using var other = await TestApp.StartAsync(o => o.PrivateUseSchemes.Add("myapp"));
        (await other.DcrAsync("myapp:/cb")).Should().StartWith("hqc_");
    }

    [TestCase("javascript")]
    [TestCase("data")]
    [TestCase("file")]
    [TestCase("blob")]
    [TestCase("about")]
    [TestCase("vbscript")]
    [TestCase("ws")]
    [TestCase("ftp")]
    [TestCase("http")]
    [TestCase("https")]
    [TestCase("MyApp")]
    [TestCase("my app")]
    [Rfc("8252-8.4-2")]
    public async Task A_scheme_that_a_browser_would_run_cannot_be_listed(string scheme)
    {
        var start = () => TestApp.StartAsync(o => o.PrivateUseSchemes.Add(scheme));
        (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Message.Should().Contain("privateUseSchemes = " + scheme);
    }

    [TestCase("/cb")]
    [TestCase("https://c.example/cb#x")]
    [TestCase("https://c.example/*")]
    [TestCase("http://c.example/cb")]
    [TestCase("http://10.0.0.5/cb")]
    [TestCase("javascript:alert(1)")]
    [TestCase("https://c.example/cb?state=a")]
    [TestCase(null)]
    [Rfc("6749-3.1.2-1")]
    [Rfc("6749-3.1.2-2")]
    [Rfc("6749-3.1.2.2-1")]
    [Rfc("6749-3.1.2.2-2")]
    [Rfc("6749-3.1.2.2-3")]
    [Rfc("9700-2.6-2")]
    public async Task A_client_of_the_hosts_own_keeps_the_same_rules(string? uri)
    {
        foreach (var secret in new[] { null, TestApp.WebSecret })
        {
            var start = () => TestApp.StartAsync(o => o.Clients.Add(TestApp.Client("mine", secret, null, uri is null ? [] : [uri], [])));
            (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Message.Should().Contain("clients:mine");
        }
    }
}
