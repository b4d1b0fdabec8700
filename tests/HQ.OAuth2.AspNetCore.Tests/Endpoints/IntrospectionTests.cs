using System.Text.Json;
using HQ.OAuth2.Tests;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The introspection endpoint (RFC 7662).</summary>
internal sealed class IntrospectionTests
{
    private const string Inactive = "{\"active\":false}";

    [Test]
    [Rfc("7662-2.2-1")]
    [Rfc("7662-2.2-2")]
    [Rfc("7662-2.2-3")]
    [Rfc("7662-2.2-4")]
    [Rfc("7662-4-8")]
    [Rfc("6750-5.3-2")]
    [Rfc("7662-5-1")]
    public async Task An_active_answer_tells_the_truth_in_the_defined_types()
    {
        await using var app = await TestApp.StartAsync();
        var tokens = await app.TokensAsync("spa");

        var answer = await app.IntrospectAsync(tokens.AccessToken());

        answer.Status.Should().Be(200);
        answer.ContentType.Should().Be("application/json");
        answer.Header("Cache-Control").Should().Be("no-store");
        answer.Json.GetProperty("active").ValueKind.Should().Be(JsonValueKind.True);
        answer
            .Json.EnumerateObject()
            .Select(p => p.Name)
            .Should()
            .BeEquivalentTo("active", "scope", "client_id", "token_type", "exp", "iat", "sub", "aud", "iss", "jti");
        answer.Text("scope").Should().Be(tokens.Text("scope"));
        answer.Text("client_id").Should().Be("spa");
        answer.Text("sub").Should().Be("alice");
        answer.Text("token_type").Should().Be("Bearer");
        answer.Text("iss").Should().Be(TestApp.Issuer);
        answer.Text("aud").Should().Be(TestApp.Issuer);
        answer.Text("jti").Should().NotBeNullOrEmpty();
        foreach (var name in new[] { "scope", "client_id", "sub", "token_type", "iss", "jti", "aud" })
            answer.Json.GetProperty(name).ValueKind.Should().Be(JsonValueKind.String);
        answer.Json.GetProperty("iat").GetInt64().Should().Be(TestClock.Start.ToUnixTimeSeconds());
        answer
            .Json.GetProperty("exp")
            .GetInt64()
            .Should()
            .Be(TestClock.Start.ToUnixTimeSeconds() + tokens.Json.GetProperty("expires_in").GetInt64());
    }

    [TestCase(899, true)]
    [TestCase(900, false)]
    [Rfc("7662-4-1")]
    [Rfc("7662-2.2-4")]
    [Rfc("6749-5.1-3")]
    [Rfc("6750-5.2-1")]
    public async Task A_token_is_active_until_its_expiry(int seconds, bool active)
    {
        await using var app = await TestApp.StartAsync();
        var tokens = new[] { await app.TokensAsync("spa"), await app.MachineTokenAsync() };
        app.Clock.Advance(TimeSpan.FromSeconds(seconds));
        foreach (var token in tokens)
            (await app.IsActiveAsync(token.AccessToken())).Should().Be(active);
    }

    [Test, Rfc("7662-4-2")]
    public async Task A_token_is_inactive_before_its_time()
    {
        await using var app = await TestApp.StartAsync();
        var token = (await app.TokensAsync("spa")).AccessToken();
        app.Clock.Advance(TimeSpan.FromSeconds(-1));
        (await app.IntrospectAsync(token)).Body.Should().Be(Inactive);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        (await app.IsActiveAsync(token)).Should().BeTrue();
    }

    [Test, Rfc("7662-4-4"), Rfc("7662-2.2-5"), Rfc("7662-2.2-7"), Rfc("7662-2.1-7"), Rfc("6749-10.3-2")]
    public async Task Every_invalid_token_gets_the_same_bytes()
    {
        await using var app = await TestApp.StartAsync();
        var tokens = await app.TokensAsync("spa");
        (await app.IsActiveAsync(Jwt.Signed(tokens.AccessToken(), Jwt.ServerKey(app)))).Should().BeTrue("the forger's tools work");
        var dead = Jwt.Forgeries(app, tokens.AccessToken())
            .Append(("garbage", "x"))
            .Append(("10 kB", new string('x', 10_000)))
            .Append(("20 kB with dots", string.Join('.', Enumerable.Repeat(new string('x', 7_000), 3))))
            .Append(("only dots", ".."))
            .Append(("a NUL", "\0"))
            .Append(("a refresh token of another client", tokens.RefreshToken()))
            .Append(("a code", await app.CodeAsync("spa")));

        foreach (var (what, token) in dead)
        {
            var answer = await app.IntrospectAsync(token);
            answer.Status.Should().Be(200, what);
            answer.Body.Should().Be(Inactive, what);
        }
    }

    [Test, Rfc("6749-10.3-2"), Rfc("7662-4-4")]
    public async Task No_character_of_an_access_token_may_change()
    {
        await using var app = await TestApp.StartAsync();
        var token = (await app.TokensAsync("spa")).AccessToken();
        // The last character of an ES256 signature carries two bits that decode to nothing.
        for (var i = 0; i < token.Length - 1; i += 3)
            (await app.IntrospectAsync(token[..i] + (token[i] == 'x' ? 'y' : 'x') + token[(i + 1)..]))
                .Body.Should()
                .Be(Inactive, $"character {i} changed");
        (await app.IsActiveAsync(token)).Should().BeTrue();
    }

    [Test, Rfc("7662-2.2-10"), Rfc("7662-2.1-2"), Rfc("7662-2.2-4"), Rfc("7662-4-3")]
    public async Task A_refresh_token_is_known_to_its_own_client_while_it_is_live()
    {
        await using var app = await TestApp.StartAsync();
        var first = (await app.TokensAsync("web")).RefreshToken();

        foreach (var hint in new[] { "access_token", "refresh_token", "foo", "" })
        {
            var answer = await AskAsync(app, "web", first, ("token_type_hint", hint));
            answer.Json.GetProperty("active").GetBoolean().Should().BeTrue(hint);
            answer.Text("client_id").Should().Be("web");
            answer.Scopes().Should().Equal("read", "write");
            answer.Json.GetProperty("exp").GetInt64().Should().Be((TestClock.Start + TimeSpan.FromDays(30)).ToUnixTimeSeconds());
            answer.Json.TryGetProperty("token_type", out _).Should().BeFalse("it is no bearer token for an API");
        }

        foreach (var other in new[] { "post", "machine" })
            (await AskAsync(app, other, first)).Body.Should().Be(Inactive);
        var second = (await app.RefreshAsync("web", first)).RefreshToken();
        (await AskAsync(app, "web", first)).Body.Should().Be(Inactive);
        (await AskAsync(app, "web", second)).Json.GetProperty("active").GetBoolean().Should().BeTrue();
        app.Clock.Advance(TimeSpan.FromDays(30));
        (await AskAsync(app, "web", second)).Body.Should().Be(Inactive);
    }

    [TestCase("access_token")]
    [TestCase("refresh_token")]
    [TestCase("foo")]
    [Rfc("7662-2.1-2")]
    [Rfc("7662-2.1-3")]
    public async Task Hints_and_unknown_parameters_change_nothing(string hint)
    {
        await using var app = await TestApp.StartAsync();
        var token = (await app.TokensAsync("spa")).AccessToken();
        var plain = await app.IntrospectAsync(token);
        (await AskAsync(app, "machine", token, ("token_type_hint", hint), ("foo", "bar"))).Body.Should().Be(plain.Body);
    }

    [Test, Rfc("7662-2.1-1")]
    public async Task The_token_is_demanded_in_the_body()
    {
        await using var app = await TestApp.StartAsync();
        (await app.PostAsync(Introspect, Machine)).ShouldBeError("invalid_request");
        (await AskAsync(app, "machine", "")).ShouldBeError("invalid_request");
        (await app.PostAsync(Introspect + "?token=x", Machine)).ShouldBeError("invalid_request");
    }

    [Test, Rfc("7662-2.1-4"), Rfc("7662-2.1-5"), Rfc("7662-2.3-1")]
    public async Task The_caller_is_a_client_that_proves_who_it_is()
    {
        await using var app = await TestApp.StartAsync();
        var (live, own) = ((await app.TokensAsync("spa")).AccessToken(), (await app.TokensAsync("post")).AccessToken());

        foreach (var token in new[] { live, "dead" })
        {
            (await app.PostAsync(Introspect, ("token", token))).ShouldBeError("invalid_client", 401);
            (await app.PostAsync(Introspect, ("token", token), ("client_id", "spa"))).ShouldBeError("invalid_client", 401);
            (await app.PostAsync(Introspect, ("token", token), ("client_id", "web"))).ShouldBeError("invalid_client", 401);
            (await app.PostAsync(Introspect, ("token", token), ("basic", "machine:wrong"))).ShouldBeError("invalid_client", 401);
            (await app.RawAsync(Introspect, "token=" + token, "Bearer " + live)).ShouldBeError("invalid_client", 401);
        }

        (await AskAsync(app, "machine", live)).Text("active").Should().Be("True");
        (await AskAsync(app, "post", own)).Text("active").Should().Be("True");
    }

    [Test, Rfc("7662-2.2-6"), Rfc("7662-4-5"), Rfc("7662-5-1")]
    public async Task Only_the_tokens_client_and_clients_with_the_right_for_its_audience_may_introspect()
    {
        const string r1 = "https://api.example.com/one";
        const string r2 = "https://api.example.com/two";
        await using var app = await TestApp.StartAsync(o =>
        {
            o.Resources.Add(new() { Identifier = r1 });
            o.Resources.Add(new() { Identifier = r2 });
            foreach (var resource in new[] { r1, r2 })
            {
                var api = TestApp.Client("api-" + resource[^3..], TestApp.WebSecret, null, [], ["client_credentials"]);
                api.Introspects.Add(resource);
                o.Clients.Add(api);
            }
        });
        // A client that registered itself has no right, whatever its row says.
        await app.AddClientAsync(Confidential("dcr", TestApp.WebSecret) with { Provenance = ClientProvenance.Dcr, Introspects = ["*"] });
        var token = (await app.TokensAsync("web", ("resource", r1))).AccessToken();

        async Task<bool> Knows(string client) =>
            (await app.PostAsync(Introspect, ("token", token), ("basic", $"{client}:{TestApp.WebSecret}"))).Body is var body
            && body != Inactive;

        (await Knows("web")).Should().BeTrue("it is its own");
        (await Knows("machine")).Should().BeTrue("it may see all");
        (await Knows("api-one")).Should().BeTrue("it is an audience");
        (await Knows("api-two")).Should().BeFalse("it is another audience");
        (await Knows("dcr")).Should().BeFalse("nobody gave it the right");
        (await AskAsync(app, "post", token)).Body.Should().Be(Inactive);
    }

    [Test, Rfc("7662-2.2-6"), Rfc("7662-5-1")]
    public async Task An_API_is_told_only_what_a_token_for_several_means_to_it()
    {
        const string r1 = "https://api.example.com/one";
        const string r2 = "https://api.example.com/two";
        const string r3 = "https://api.example.com/three";
        await using var app = await TestApp.StartAsync(o =>
        {
            foreach (var (resource, scope) in new[] { (r1, "read"), (r2, "write"), (r3, "delete") })
            {
                var entry = new ResourceOptions { Identifier = resource };
                entry.Scopes.Add(scope);
                o.Resources.Add(entry);
            }

            foreach (var (id, rights) in new[] { ("api-one", new[] { r1 }), ("api-both", [r1, r2]), ("api-three", [r3]) })
            {
                var api = TestApp.Client(id, TestApp.WebSecret, null, [], ["client_credentials"]);
                rights.ToList().ForEach(api.Introspects.Add);
                o.Clients.Add(api);
            }
        });
        var token = (await app.TokensAsync("web", ("resource", r1), ("resource", r2))).AccessToken();

        async Task<(string?, string?)> ToldAsync(string client)
        {
            var answer = await app.PostAsync(Introspect, ("token", token), ("basic", $"{client}:{TestApp.WebSecret}"));
            return (answer.Text("scope"), answer.Text("aud"));
        }

        var all = ("read write", $"""["{r1}","{r2}"]""");
        (await ToldAsync("api-one")).Should().Be(("read", r1));
        (await ToldAsync("api-both")).Should().Be(all);
        (await ToldAsync("machine")).Should().Be(all, "it may introspect everything");
        (await ToldAsync("web")).Should().Be(all, "it is its own");
        (await ToldAsync("api-three")).Should().Be((null, null));
    }

    [Test, Rfc("7662-2.1-4"), Rfc("7662-2.2-7")]
    public async Task Anonymous_callers_are_an_option_with_a_warning_and_see_access_tokens_only()
    {
        await using var app = await TestApp.StartAsync(o => o.UnauthenticatedIntrospection = true);
        var tokens = await app.TokensAsync("web");

        (await app.PostAsync(Introspect, ("token", tokens.AccessToken()))).Text("client_id").Should().Be("web");
        (await app.PostAsync(Introspect, ("token", tokens.RefreshToken()))).Body.Should().Be(Inactive);
        (await app.PostAsync(Introspect, ("token", "x"))).Body.Should().Be(Inactive);
        (await app.PostAsync(Introspect, ("token", tokens.AccessToken()), ("basic", "web:wrong"))).ShouldBeError("invalid_client", 401);
        (await app.PostAsync(Introspect, ("token", tokens.AccessToken()), ("client_id", "web"))).ShouldBeError("invalid_client", 401);
        (await app.PostAsync(Introspect)).ShouldBeError("invalid_request");
        app.Logs.Lines.Should()
            .ContainSingle(line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("unauthenticatedIntrospection"));

        await using var closed = await TestApp.StartAsync();
        closed.Logs.Lines.Should().NotContain(line => line.Contains("unauthenticatedIntrospection"));
    }

    private static Task<Answer> AskAsync(TestApp app, string client, string token, params (string, string)[] more) =>
        app.PostAsync(Introspect, [("token", token), .. TestApp.Credentials(client), .. more]);
}
