using System.Text.RegularExpressions;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Bearer tokens at an API in the same process (RFC 6750, RFC 9068 §4).</summary>
internal sealed partial class BearerTests : SharedApp
{
    private string token = "";

    [OneTimeSetUp]
    public async Task GetTokenAsync() => token = (await App.TokensAsync("spa", ("scope", "read"))).AccessToken();

    [TestCase("Bearer {0}")]
    [TestCase("bearer {0}")]
    [TestCase("BEARER {0}")]
    [TestCase("bEaReR   {0}")]
    [Rfc("6750-2.1-1")]
    [Rfc("21-5.1.1-1")]
    public async Task A_token_in_the_header_opens_the_API(string header)
    {
        var answer = await GetAsync(string.Format(null, header, token));
        answer.Status.Should().Be(200);
        answer.Body.Should().Be("alice");
        answer.Header("Set-Cookie").Should().BeNull();
    }

    [Test, Rfc("6750-3-1"), Rfc("6750-3-2"), Rfc("6750-3.1-3")]
    public async Task Without_a_token_the_challenge_has_a_realm_and_no_error()
    {
        foreach (var header in new[] { null, "Bearer", "Bearer ", "Basic YTpi", "BearerX " + token, "x", "" })
        {
            var answer = await GetAsync(header);
            answer.Status.Should().Be(401, header);
            Challenge(answer).Keys.Should().Equal("realm", "scope", "resource_metadata");
            answer.Text("error").Should().Be("invalid_token", "the challenge says nothing of an error, the body is for people");
        }
    }

    [Test, Rfc("6750-2-1"), Rfc("6750-2.1-2"), Rfc("6750-3-4"), Rfc("6750-3-5")]
    public async Task A_malformed_request_is_400_invalid_request()
    {
        foreach (
            var header in new[]
            {
                "Bearer a b",
                "Bearer \"x\"",
                "Bearer é",
                "Bearer a=b",
                "Bearer =",
                "Bearer <script>",
                $"Bearer {token} {token}",
                "Bearer a,b",
            }
        )
        {
            var answer = await GetAsync(header);
            answer.Status.Should().Be(400, header);
            Challenge(answer)["error"].Should().Be("invalid_request");
        }

        var twice = await GetAsync("Bearer " + token, "Bearer " + token);
        twice.Status.Should().Be(400);
        Challenge(twice)["error"].Should().Be("invalid_request");
    }

    [Test, Rfc("6750-2-1"), Rfc("6750-2.2-1")]
    public async Task A_token_in_the_body_is_one_way_too_many_or_none_at_all()
    {
        var writing = (await App.TokensAsync("spa")).AccessToken();
        (await App.RawAsync("/api/write", "x=1", "Bearer " + writing)).Body.Should().Be("written");

        var both = await App.RawAsync("/api/write", "access_token=" + writing, "Bearer " + writing);
        both.Status.Should().Be(400);
        Challenge(both)["error"].Should().Be("invalid_request");

        var bodyOnly = await App.RawAsync("/api/write", "access_token=" + writing);
        bodyOnly.Status.Should().Be(401);
        Challenge(bodyOnly).Keys.Should().Equal("realm", "scope", "resource_metadata");
    }

    [Test, Rfc("21-5.1-1"), Rfc("6750-2.3-1")]
    public async Task A_token_in_the_query_counts_as_none()
    {
        var answer = await App.GetAsync("/api/read?access_token=" + token);
        answer.Status.Should().Be(401);
        Challenge(answer).Keys.Should().Equal("realm", "scope", "resource_metadata");
    }

    [Test, Rfc("6750-3.1-1"), Rfc("6750-3-4"), Rfc("6750-3-3"), Rfc("6750-3-5"), Rfc("9068-4-2"), Rfc("6749-10.3-2")]
    public async Task Every_invalid_token_gets_the_same_answer()
    {
        var revoked = (await App.TokensAsync("spa")).AccessToken();
        await App.PostAsync(Revoke, ("token", revoked), ("client_id", "spa"));
        (await GetAsync("Bearer " + Jwt.Signed(token, Jwt.ServerKey(App)))).Status.Should().Be(200, "the forger's tools work");
        var refused = Jwt.Forgeries(App, token)
            .Append(("another audience", Jwt.Signed(token, Jwt.ServerKey(App), payload: p => p["aud"] = "https://other.example")))
            .Append(("no audience", Jwt.Signed(token, Jwt.ServerKey(App), payload: p => p.Remove("aud"))))
            .Append(("revoked", revoked))
            .Append(("unknown", "abc"))
            .Append(("long", new string('x', 12_000)));

        var challenges = new HashSet<string?>();
        foreach (var (what, bad) in refused)
        {
            var answer = await GetAsync("Bearer " + bad);
            answer.Status.Should().Be(401, what);
            Challenge(answer)["error"].Should().Be("invalid_token", what);
            challenges.Add(answer.Header("WWW-Authenticate"));
        }

        challenges.Should().ContainSingle().Which.Should().MatchRegex("^[\\x20-\\x7E]+$");
    }

    [Test, Rfc("6750-3.1-2"), Rfc("6750-3-1"), Rfc("6750-3-3")]
    public async Task A_token_without_the_scope_is_403_and_told_which()
    {
        var answer = await App.RawAsync("/api/write", "", "Bearer " + token);
        answer.Status.Should().Be(403);
        var challenge = Challenge(answer);
        challenge["error"].Should().Be("insufficient_scope");
        challenge["scope"].Should().Be("write");
        challenge.Should().ContainKey("realm");
    }

    [Test, Rfc("6750-3.1-1"), Rfc("6750-5.2-1"), Rfc("9068-4-2")]
    public async Task An_expired_token_is_refused()
    {
        await using var app = await TestApp.StartAsync();
        var tokens = await app.TokensAsync("spa");
        app.Clock.Advance(TimeSpan.FromSeconds(899));
        (await app.GetAsync("/api/read", tokens.AccessToken())).Status.Should().Be(200);
        // 60 seconds of skew would be allowed here (9068-4-3); nobody gets more.
        app.Clock.Advance(TimeSpan.FromSeconds(62));
        var answer = await app.GetAsync("/api/read", tokens.AccessToken());
        answer.Status.Should().Be(401);
        Challenge(answer)["error"].Should().Be("invalid_token");
    }

    [Test, Rfc("9700-2.3-3"), Rfc("8707-3-1"), Rfc("9700-2.3-2")]
    public async Task An_API_refuses_tokens_for_its_neighbours()
    {
        const string one = "https://api.example.com/t1";
        const string two = "https://api.example.com/t2";
        await using var app = await TestApp.StartAsync(
            o =>
            {
                o.Resources.Add(new() { Identifier = one });
                o.Resources.Add(new() { Identifier = two });
            },
            map: web =>
            {
                web.MapGet("/t1", () => "one").RequireScope("one", ScopeSet.Of("read"));
                web.MapGet("/t2", () => "two").RequireScope("two", ScopeSet.Of("read"));
            },
            host: builder =>
                builder
                    .Services.AddAuthentication()
                    .AddHqOAuth2Bearer("one", o => o.Resources.Add(one))
                    .AddHqOAuth2Bearer("two", o => o.Resources.Add(two))
        );
        var forOne = (await app.TokensAsync("web", ("resource", one))).AccessToken();
        var forDefault = (await app.TokensAsync("web")).AccessToken();

        (await app.GetAsync("/t1", forOne)).Body.Should().Be("one");
        (await app.GetAsync("/api/read", forDefault)).Status.Should().Be(200);
        foreach (var (path, foreign) in new[] { ("/t2", forOne), ("/api/read", forOne), ("/t1", forDefault), ("/t2", forDefault) })
        {
            var answer = await app.GetAsync(path, foreign);
            answer.Status.Should().Be(401, path);
            Challenge(answer)["error"].Should().Be("invalid_token");
        }
    }

    [TestCase("00:00:00")]
    [TestCase("-00:00:01")]
    [TestCase("10675199.02:48:05.4775807")]
    [Rfc("6750-5.2-1")]
    public async Task A_lifetime_that_is_none_stops_the_start(string lifetime)
    {
        var start = async () => await TestApp.StartAsync(o => o.AccessTokenLifetime = TimeSpan.Parse(lifetime, null));
        (await start.Should().ThrowAsync<Exception>()).WithMessage("*accessTokenLifetime*");
    }

    [Test, Rfc("6750-5.2-2"), Rfc("6750-5.3-3")]
    public async Task No_cookie_and_no_address_of_a_page_holds_a_token()
    {
        var browser = App.NewBrowser();
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("spa", ("prompt", "consent")));
        var cookies = page.Header("Set-Cookie")!;
        cookies.Should().ContainEquivalentOf("secure").And.ContainEquivalentOf("httponly").And.ContainEquivalentOf("samesite");
        var redirect = await browser.PressAsync(page, "approve");
        redirect.Location.Should().NotContain("token").And.NotContain("hqr_").And.NotContain("eyJ");
        var tokens = await App.RedeemAsync("spa", redirect.LocationParameter("code")!);
        tokens.Header("Set-Cookie").Should().BeNull();
        (await App.RefreshAsync("spa", tokens.RefreshToken())).Header("Set-Cookie").Should().BeNull();
    }

    private async Task<Answer> GetAsync(params string?[] headers)
    {
        // The context itself, so that no client library judges the header first.
        var context = await App.Server.SendAsync(http =>
        {
            http.Request.Scheme = "https";
            http.Request.Host = new HostString("auth.example.com");
            http.Request.Path = "/api/read";
            if (headers is not [null])
                http.Request.Headers.Authorization = headers;
        });
        using var response = new HttpResponseMessage((System.Net.HttpStatusCode)context.Response.StatusCode);
        foreach (var (name, value) in context.Response.Headers)
            response.Headers.TryAddWithoutValidation(name, value.AsEnumerable());
        using var reader = new StreamReader(context.Response.Body);
        return new(response, await reader.ReadToEndAsync());
    }

    // RFC 6750 §3: one Bearer challenge, each parameter once, characters within the allowed sets. Where a token is needed, the scheme DPoP is
    // accepted too (RFC 9449 §7.1).
    private static Dictionary<string, string> Challenge(Answer answer)
    {
        string[] challenges = [.. answer.Headers.NonValidated["WWW-Authenticate"]];
        challenges.Skip(1).Should().Equal(answer.Status == 401 ? ["DPoP algs=\"ES256 RS256 PS256\""] : []);
        var header = challenges[0];
        header.Should().MatchRegex("^Bearer (?:[a-z_]+=\"[\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]+\"(?:, |$))+$");
        return Parameter().Matches(header).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
    }

    [GeneratedRegex("([a-z_]+)=\"([^\"]*)\"")]
    private static partial Regex Parameter();
}
