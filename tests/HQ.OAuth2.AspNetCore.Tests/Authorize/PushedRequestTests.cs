using System.Web;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Pushed authorization requests (RFC 9126).</summary>
internal sealed class PushedRequestTests
{
    private const string Path = "/oauth2/par";

    private TestApp app = null!;
    private Browser browser = null!;

    [SetUp]
    public async Task StartAsync()
    {
        app = await TestApp.StartAsync(o =>
        {
            o.Resources.Add(new() { Identifier = "https://api.example.com/notes" });
            var strict = TestApp.Client("strict", TestApp.WebSecret, "client_secret_post", [TestApp.RedirectUri], []);
            strict.RequirePushedAuthorizationRequests = true;
            o.Clients.Add(strict);
        });
        browser = app.NewUser();
    }

    [TearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [TestCase("web")]
    [TestCase("post")]
    [TestCase("spa")]
    [Rfc("9126-2-4")]
    [Rfc("9126-2.2-1")]
    public async Task A_client_pushes_and_gets_a_reference_that_leads_to_a_code(string client)
    {
        var pushed = await app.PushAsync(client);

        pushed.Status.Should().Be(201, pushed.Body);
        pushed.Header("Cache-Control").Should().Contain("no-store");
        pushed.Text("request_uri").Should().StartWith("urn:ietf:params:oauth:request_uri:").And.HaveLength(34 + 43);
        pushed.Json.GetProperty("expires_in").GetInt64().Should().Be(60);
        var answer = await browser.ApproveAsync(await OpenAsync(pushed, client));
        (await app.RedeemAsync(client, answer.LocationParameter("code")!)).Text("scope").Should().Be("read write");
    }

    [Test, Rfc("9126-2-3")]
    public async Task Everything_that_is_pushed_counts_and_nothing_that_is_added_to_the_address()
    {
        var pushed = await app.PushAsync("web", ("scope", "read"), ("resource", "https://api.example.com/notes"), ("state", "a b&c"));
        var url = pushed.AuthorizeUrl("web") + "&scope=read+delete&state=other&redirect_uri=https%3A%2F%2Fevil.example&code_challenge=x";
        var answer = await browser.ApproveAsync((await browser.GetAsync(url)).Location!);

        answer.Location.Should().StartWith(TestApp.RedirectUri);
        answer.LocationParameter("state").Should().Be("a b&c");
        var tokens = await app.RedeemAsync("web", answer.LocationParameter("code")!);
        tokens.Text("scope").Should().Be("read");
        Jwt.Part(tokens.Text("access_token")!, 1)["aud"]!.GetValue<string>().Should().Be("https://api.example.com/notes");
    }

    [Test]
    public async Task The_verifier_of_the_pushed_challenge_is_needed()
    {
        var answer = await browser.ApproveAsync(await OpenAsync(await app.PushAsync("spa"), "spa"));

        (
            await app.PostAsync(
                "/oauth2/token",
                ("grant_type", "authorization_code"),
                ("client_id", "spa"),
                ("code", answer.LocationParameter("code")!),
                ("redirect_uri", TestApp.RedirectUri),
                ("code_verifier", new string('x', 43))
            )
        ).ShouldBeError("invalid_grant");
    }

    [Test, Rfc("9126-2-4")]
    public async Task A_client_that_does_not_prove_who_it_is_pushes_nothing()
    {
        (await app.PostAsync(Path, [("basic", "web:wrong"), .. Request("web")])).ShouldBeError("invalid_client", 401);
        (await app.PostAsync(Path, Request("web"))).ShouldBeError("invalid_client", 401);
        (await app.PostAsync(Path, Request("nobody"))).ShouldBeError("invalid_client", 401);
        (await app.PostAsync(Path, [("basic", "web:" + TestApp.WebSecret), .. Request("spa")])).ShouldBeError("invalid_client", 401);
        (await app.PostAsync(Path, ("basic", "web:" + TestApp.WebSecret))).ShouldBeError("invalid_request");
    }

    [TestCase("redirect_uri", "https://evil.example/cb", "invalid_request")]
    [TestCase("redirect_uri", "javascript:alert(1)", "invalid_request")]
    [TestCase("response_type", null, "invalid_request")]
    [TestCase("response_type", "token", "unsupported_response_type")]
    [TestCase("response_mode", "fragment", "invalid_request")]
    [TestCase("code_challenge", null, "invalid_request")]
    [TestCase("code_challenge", "short", "invalid_request")]
    [TestCase("code_challenge_method", "plain", "invalid_request")]
    [TestCase("scope", "\"", "invalid_scope")]
    [TestCase("resource", "https://other.example.com", "invalid_target")]
    [TestCase("state", "a\u0001", "invalid_request", TestName = "A_push_with_a_control_character_in_its_state_is_refused")]
    [TestCase("max_age", "-1", "invalid_request")]
    [TestCase("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported")]
    [TestCase("request_uri", "urn:ietf:params:oauth:request_uri:x", "invalid_request")]
    [TestCase("client_id", null, "invalid_request")]
    [Rfc("9126-2.1-1")]
    [Rfc("9126-2.1-2")]
    [Rfc("9126-2.4-1")]
    [Rfc("9126-3-1")]
    public async Task A_push_is_checked_as_an_authorization_request_and_refused_in_json(string name, string? value, string error) =>
        (await app.PushAsync("web", (name, value))).ShouldBeError(error);

    [Test, Rfc("9126-3-1")]
    public async Task A_request_object_is_refused_at_the_authorization_endpoint_too() =>
        (await browser.GetAsync(TestApp.AuthorizeUrl("web", ("request", "x.y.z")))).ShouldBeErrorRedirect("request_not_supported");

    [Test, Rfc("9126-2-1")]
    public async Task Only_a_posted_form_is_a_push()
    {
        (await app.PostJsonAsync(Path, "{}")).ShouldBeError("invalid_request");
        var get = await app.GetAsync(Path);
        (get.Status, get.Header("Allow")).Should().Be((405, "POST"));
        (await app.PostAsync(Path + "?client_id=spa", Request("spa"))).ShouldBeError("invalid_request");
        (await app.PostAsync(Path, [.. Request("spa"), ("state", "twice")])).ShouldBeError("invalid_request");
    }

    [Test, Rfc("9126-2.3-1")]
    public async Task A_push_that_is_too_long_is_refused_when_it_is_pushed()
    {
        (await app.PushAsync("web", ("state", new string('s', 3500)))).Status.Should().Be(201);
        (await app.PushAsync("web", ("state", new string('s', 4000)))).ShouldBeError("invalid_request", 413);
        (await app.PushAsync("web", ("state", new string('s', 70_000)))).ShouldBeError("invalid_request", 413);
    }

    [Test]
    public async Task The_longest_push_passes_through_sign_in()
    {
        // Text that cannot be compressed.
        var state = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(1800));
        var stranger = app.NewBrowser(user: null);
        var back = (await stranger.GetAsync(await OpenAsync(await app.PushAsync("web", ("state", state)), "web", stranger))).ReturnUrl();
        stranger.SignIn("alice");

        (await stranger.ApproveAsync(back)).LocationParameter("state").Should().Be(state);
    }

    [Test, Rfc("9126-2.3-1")]
    public async Task Strangers_push_so_often_in_a_minute_and_clients_that_prove_themselves_are_not_counted()
    {
        await using var own = await TestApp.StartAsync(o => o.Limits.PushedRequestsPerMinute = 2);
        (await own.PushAsync("spa")).Status.Should().Be(201);
        (await own.PushAsync("native")).Status.Should().Be(201);
        var refused = await own.PushAsync("spa");

        refused.ShouldBeError("temporarily_unavailable", 429);
        refused.Header("Retry-After").Should().Be("60");
        (await own.PushAsync("web")).Status.Should().Be(201);
        own.Clock.Advance(TimeSpan.FromMinutes(1));
        (await own.PushAsync("spa")).Status.Should().Be(201);
    }

    [Test, Rfc("9126-2.2-2")]
    public async Task A_reference_cannot_be_guessed_nor_read_in_the_store()
    {
        var tickets = new KeptTickets();
        await using var own = await TestApp.StartAsync(parts: p => p.Services.AddSingleton<ITicketStore>(tickets), inMemory: true);
        var references = new List<string>();
        for (var i = 0; i < 20; i++)
            references.Add((await own.PushAsync("post")).Text("request_uri")!["urn:ietf:params:oauth:request_uri:".Length..]);

        references
            .Should()
            .OnlyHaveUniqueItems()
            .And.AllSatisfy(r => System.Buffers.Text.Base64Url.DecodeFromChars(r).Should().HaveCount(32));
        foreach (var (key, value) in tickets.Added)
        {
            references.Should().AllSatisfy(r => (key + value).Should().NotContain(r));
            value.Should().NotContain(TestApp.WebSecret, "credentials are not a part of the request").And.NotContain("client_secret");
        }
    }

    [Test, Rfc("9126-2.2-3")]
    public async Task The_reference_is_for_the_client_that_pushed()
    {
        var pushed = await app.PushAsync("web");
        (await browser.GetAsync(pushed.AuthorizeUrl("post"))).ShouldBeErrorPage();
        (await browser.GetAsync("/oauth2/authorize?request_uri=" + Uri.EscapeDataString(pushed.Text("request_uri")!))).ShouldBeErrorPage();
        (await browser.GetAsync(pushed.AuthorizeUrl("web") + "&client_id=post")).ShouldBeErrorPage();
        (await browser.GetAsync(pushed.AuthorizeUrl("web"))).Status.Should().Be(302);
    }

    [TestCase("urn:ietf:params:oauth:request_uri:unknown")]
    [TestCase("urn:ietf:params:oauth:request_uri:")]
    [TestCase("https://app.example.com/request.jwt")]
    [TestCase("x")]
    public async Task Any_other_reference_is_an_error_that_the_user_sees(string reference)
    {
        var page = await browser.GetAsync("/oauth2/authorize?client_id=web&request_uri=" + Uri.EscapeDataString(reference));
        page.ShouldBeErrorPage();
        page.Body.Should().Contain("HQ1092");
    }

    [Test, Rfc("9126-4-1")]
    public async Task A_reference_ends_after_a_minute()
    {
        var pushed = await app.PushAsync("web");
        app.Clock.Advance(TimeSpan.FromSeconds(59));
        (await browser.GetAsync(pushed.AuthorizeUrl("web"))).Status.Should().Be(302);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        (await browser.GetAsync(pushed.AuthorizeUrl("web"))).ShouldBeErrorPage();
    }

    [Test, Rfc("9126-4-2")]
    public async Task Its_pages_can_be_loaded_again_until_it_has_given_a_code_and_then_no_more()
    {
        var pushed = await app.PushAsync("web");
        var stranger = app.NewBrowser(user: null);
        var url = await OpenAsync(pushed, "web", stranger);
        (await OpenAsync(pushed, "web", stranger)).Should().StartWith("/oauth2/authorize?hq_request=");
        var back = (await stranger.GetAsync(url)).ReturnUrl();
        app.Clock.Advance(TimeSpan.FromMinutes(10));
        stranger.SignIn("alice");
        (await stranger.GetAsync(back)).IsConsentPage().Should().BeTrue("the user may take a while to sign in");
        var page = await stranger.GetAsync(back);
        var other = await stranger.GetAsync(url);

        var answer = await stranger.PressAsync(page, "approve");
        var again = await stranger.PressAsync(page, "approve");

        again.LocationParameter("code").Should().Be(answer.LocationParameter("code"), "one form gives one code");
        var refused = await stranger.PressAsync(other, "approve");
        refused.ShouldBeErrorPage();
        refused.Body.Should().Contain("HQ1092");
    }

    [Test, Rfc("9126-4-2")]
    public async Task A_reference_that_gave_a_code_gives_no_other_to_anybody()
    {
        var pushed = await app.PushAsync("web");
        (await browser.ApproveAsync(await OpenAsync(pushed, "web"))).LocationParameter("code").Should().NotBeNull();

        (await browser.GetAsync(pushed.AuthorizeUrl("web"))).ShouldBeErrorPage();
        (await app.NewUser().GetAsync(pushed.AuthorizeUrl("web"))).ShouldBeErrorPage();
    }

    [Test]
    public async Task A_request_ends_a_day_after_its_first_page_however_often_it_is_loaded()
    {
        var url = await OpenAsync(await app.PushAsync("web"), "web");
        for (var i = 0; i < 3; i++)
        {
            app.Clock.Advance(TimeSpan.FromHours(7));
            url =
                "/oauth2/authorize?hq_request="
                + Browser.HiddenFields(await browser.GetAsync(url)).Single(f => f.Name == "hq_request").Value;
        }

        app.Clock.Advance(TimeSpan.FromHours(3));
        (await browser.GetAsync(url)).ShouldBeErrorPage();
    }

    [Test, Rfc("9126-4-3")]
    public async Task What_changed_since_the_push_is_checked_again()
    {
        var client = await app.DcrAsync();
        var pushed = await app.PushAsync(client);
        pushed.Status.Should().Be(201, pushed.Body);
        var registry = (IClientRegistry)app.Services.GetRequiredService<IClientStore>();
        var stored = (await registry.FindAsync(client, default))!;
        await registry.TryUpdateAsync(
            stored with
            {
                RedirectUris = ["https://app.example.com/new"],
                Version = stored.Version + 1,
            },
            default
        );
        app.Clock.Advance(TimeSpan.FromSeconds(20));

        (await browser.GetAsync(await OpenAsync(pushed, client))).ShouldBeErrorPage();
    }

    [Test, Rfc("9126-4-4")]
    public async Task A_client_that_demands_it_is_refused_without_and_served_with_a_push()
    {
        var plain = await browser.GetAsync(TestApp.AuthorizeUrl("strict"));
        plain.ShouldBeErrorRedirect("invalid_request");
        plain.LocationParameter("error_description").Should().Contain("pushed");

        var pushed = await app.PushAsync("strict");
        (await browser.ApproveAsync(await OpenAsync(pushed, "strict"))).LocationParameter("code").Should().NotBeNull();
    }

    [Test, Rfc("9126-4-4")]
    public async Task A_client_demands_it_in_its_registration()
    {
        var registered = await app.RegisterAsync(
            new
            {
                redirect_uris = new[] { TestApp.RedirectUri },
                token_endpoint_auth_method = "none",
                require_pushed_authorization_requests = true,
            }
        );
        registered.Json.GetProperty("require_pushed_authorization_requests").GetBoolean().Should().BeTrue();
        var client = registered.Text("client_id")!;

        (await browser.GetAsync(TestApp.AuthorizeUrl(client))).Status.Should().Be(400, "a client that nobody vouches for hears no error");
        (await browser.ApproveAsync(await OpenAsync(await app.PushAsync(client), client))).LocationParameter("code").Should().NotBeNull();
        (
            await app.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri }, require_pushed_authorization_requests = "yes" })
        ).ShouldBeError("invalid_client_metadata");
    }

    [Test, Rfc("9126-4-4"), Rfc("9126-2-2")]
    public async Task A_server_that_demands_it_says_so_and_refuses_every_other_request()
    {
        await using var own = await TestApp.StartAsync(o => o.RequirePushedAuthorizationRequests = true);
        var metadata = await own.GetAsync("/.well-known/oauth-authorization-server");
        metadata.Json.GetProperty("require_pushed_authorization_requests").GetBoolean().Should().BeTrue();
        metadata.Text("pushed_authorization_request_endpoint").Should().Be(TestApp.Issuer + Path);

        var user = own.NewUser();
        (await user.GetAsync(TestApp.AuthorizeUrl("web"))).ShouldBeErrorRedirect("invalid_request");
        // A handle of this server does not help either: the request inside was not pushed.
        (await user.GetAsync(TestApp.AuthorizeUrl("web", ("state", new string('s', 1500))))).ShouldBeErrorRedirect(
            "invalid_request",
            state: new string('s', 1500)
        );
        var url = (await user.GetAsync((await own.PushAsync("web")).AuthorizeUrl("web"))).Location!;
        (await user.ApproveAsync(url)).LocationParameter("code").Should().NotBeNull();
    }

    [Test]
    public async Task A_host_without_it_has_no_endpoint_and_does_not_know_the_parameter()
    {
        await using var own = await TestApp.StartAsync(o =>
        {
            o.PushedAuthorizationRequests = false;
            o.Clients.Single(c => c.ClientId == "web").RequirePushedAuthorizationRequests = true;
        });
        (await own.PushAsync("web")).Status.Should().Be(404);
        (await own.GetAsync("/.well-known/oauth-authorization-server")).Text("pushed_authorization_request_endpoint").Should().BeNull();
        (await own.NewUser().ApproveAsync(TestApp.AuthorizeUrl("web", ("request_uri", "x"))))
            .LocationParameter("code")
            .Should()
            .NotBeNull();
    }

    [Test]
    public async Task A_posted_authorization_request_may_refer_to_a_push()
    {
        var pushed = await app.PushAsync("web");
        var answer = await browser.PostAsync("/oauth2/authorize", ("client_id", "web"), ("request_uri", pushed.Text("request_uri")!));

        (answer.Status, answer.Location).Should().Be((303, answer.Location));
        (await browser.ApproveAsync(answer.Location!)).LocationParameter("code").Should().NotBeNull();
    }

    [Test]
    public async Task A_no_is_told_to_the_client()
    {
        var page = await browser.GetAsync(await OpenAsync(await app.PushAsync("web"), "web"));
        (await browser.PressAsync(page, "deny")).ShouldBeErrorRedirect("access_denied");
    }

    private async Task<string> OpenAsync(Answer pushed, string client, Browser? by = null)
    {
        var answer = await (by ?? browser).GetAsync(pushed.AuthorizeUrl(client));
        answer.Status.Should().Be(302, answer.Body);
        return answer.Location!;
    }

    private static (string Name, string Value)[] Request(string client) => PushSupport.Request(client);
}

/// <summary>What tests of pushed requests say often.</summary>
internal static class PushSupport
{
    /// <summary>The parameters of a valid authorization request, with changes: a null value takes a parameter away.</summary>
    public static (string Name, string Value)[] Request(string client, params (string Name, string? Value)[] changes)
    {
        var query = HttpUtility.ParseQueryString(TestApp.AuthorizeUrl(client, changes).Split('?')[1]);
        return [.. query.AllKeys.Select(k => (k!, query[k]!))];
    }

    /// <summary>Pushes as the client authenticates.</summary>
    public static Task<Answer> PushAsync(this TestApp app, string client, params (string Name, string? Value)[] changes)
    {
        (string Name, string Value)[] credentials =
            client == "strict" ? [("client_secret", TestApp.WebSecret)] : TestApp.Credentials(client);
        return app.PostAsync("/oauth2/par", [.. credentials.Where(c => c.Name != "client_id"), .. Request(client, changes)]);
    }

    /// <summary>Where a client sends the browser after a push (RFC 9126 §4).</summary>
    public static string AuthorizeUrl(this Answer pushed, string client) =>
        $"/oauth2/authorize?client_id={client}&request_uri={Uri.EscapeDataString(pushed.Text("request_uri")!)}";
}

/// <summary>Tickets, and everything that was put into them.</summary>
internal sealed class KeptTickets : ITicketStore
{
    private readonly InMemoryTicketStore inner = new(new TestClock());

    public System.Collections.Concurrent.ConcurrentBag<(string Key, string Value)> Added { get; } = [];

    public Exception? Failure { get; set; }

    /// <summary>Only these calls fail, by the start of their key; null = all.</summary>
    public string? Only { get; set; }

    public ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct)
    {
        Added.Add((key, value));
        return Reached(key).TryAddAsync(key, value, until, ct);
    }

    // Everybody reads before anybody goes on, as with a database.
    public async ValueTask<string?> FindAsync(string key, CancellationToken ct)
    {
        var found = await Reached(key).FindAsync(key, ct);
        for (var i = 0; i < 20; i++)
            await Task.Yield();
        return found;
    }

    public ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct) =>
        Reached(key).TryReplaceAsync(key, expected, value, ct);

    public ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct) => Reached(key).TryRemoveAsync(key, ct);

    public ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct) => inner.RemoveExpiredAsync(limit, ct);

    private InMemoryTicketStore Reached(string key) =>
        Failure is { } failure && (Only is null || key.StartsWith(Only, StringComparison.Ordinal)) ? throw failure : inner;
}
