using HQ.OAuth2.Tests;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The authorization code grant at the token endpoint (RFC 6749 §4.1.3, RFC 7636 §4.5).</summary>
internal sealed class AuthorizationCodeGrantTests
{
    private static readonly string otherVerifier = new('a', 43);
    private const string OtherChallenge = "ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA";

    [TestCase(59, 200)]
    [TestCase(60, 400)]
    [TestCase(100_000, 400)]
    [Rfc("6749-4.1.2-2")]
    public async Task A_code_lives_a_minute(int seconds, int status)
    {
        await using var app = await TestApp.StartAsync();
        var code = await app.CodeAsync("spa");
        app.Clock.Advance(TimeSpan.FromSeconds(seconds));

        var answer = await app.RedeemAsync("spa", code);
        answer.Status.Should().Be(status);
        if (status == 400)
            answer.ShouldBeError("invalid_grant");
    }

    [TestCase("spa")]
    [TestCase("web")]
    [Rfc("6749-4.1.2-3")]
    [Rfc("6749-4.1.2-4")]
    [Rfc("7662-4-3")]
    public async Task A_code_redeemed_twice_ends_what_the_first_use_got(string client)
    {
        await using var app = await TestApp.StartAsync();
        var code = await app.CodeAsync(client);
        var tokens = await app.RedeemAsync(client, code);
        (await app.IsActiveAsync(tokens.AccessToken())).Should().BeTrue();
        // Spent is a fact, not a time: a late replay is still one.
        app.Clock.Advance(TimeSpan.FromMinutes(5));

        (await app.RedeemAsync(client, code)).ShouldBeError("invalid_grant");

        (await app.IsActiveAsync(tokens.AccessToken())).Should().BeFalse();
        (await app.RefreshAsync(client, tokens.RefreshToken())).ShouldBeError("invalid_grant");
        (await app.GetAsync("/api/read", tokens.AccessToken())).Status.Should().Be(401);
        (await app.RowsAsync()).Should().BeEmpty();
    }

    [Test, Rfc("21-7.5.2-1"), Rfc("6749-4.1.2-5"), Rfc("6749-4.1.3-4")]
    public async Task A_replay_that_proves_less_than_the_first_use_did_ends_nothing()
    {
        await using var app = await TestApp.StartAsync();
        var code = await app.CodeAsync("web");
        var tokens = await app.RedeemAsync("web", code);
        (string, string)[] replay = [("grant_type", "authorization_code"), ("code", code)];

        (await app.PostAsync(Token, [.. replay, ("code_verifier", otherVerifier), .. TestApp.Credentials("web")])).ShouldBeError(
            "invalid_grant"
        );
        (await app.PostAsync(Token, [.. replay, .. TestApp.Credentials("web")])).ShouldBeError("invalid_request");
        (await app.PostAsync(Token, [.. replay, ("code_verifier", TestApp.Verifier), ("basic", "web:wrong")])).ShouldBeError(
            "invalid_client",
            401
        );
        (await app.RedeemAsync("spa", code)).ShouldBeError("invalid_grant");
        (await app.RedeemAsync("web", code, ("resource", "https://other.example"))).ShouldBeError("invalid_target");

        (await app.IsActiveAsync(tokens.AccessToken())).Should().BeTrue();
        (await app.RefreshAsync("web", tokens.RefreshToken())).Status.Should().Be(200);
    }

    [TestCase("spa", "native")]
    [TestCase("spa", "web")]
    [TestCase("web", "post")]
    [TestCase("web", "spa")]
    [Rfc("6749-4.1.2-5")]
    [Rfc("6749-4.1.3-4")]
    public async Task A_code_is_worth_nothing_to_another_client_and_keeps_its_worth_to_its_own(string owner, string other)
    {
        await using var app = await TestApp.StartAsync();
        var code = await app.CodeAsync(owner);

        (await app.PostAsync(Token, Redemption(code, TestApp.Verifier, other))).ShouldBeError("invalid_grant");
        (await app.RedeemAsync(owner, code)).Status.Should().Be(200);
    }

    [Test, Rfc("6749-4.1.3-3")]
    public async Task A_wrong_secret_does_not_spend_the_code()
    {
        await using var app = await TestApp.StartAsync();
        var code = await app.CodeAsync("web");

        (await app.PostAsync(Token, [.. Redemption(code, TestApp.Verifier, null), ("basic", "web:wrong")])).ShouldBeError(
            "invalid_client",
            401
        );
        (await app.RedeemAsync("web", code)).Status.Should().Be(200);
    }

    [Test, Rfc("6749-4.1.3-5"), Rfc("6749-10.3-2")]
    public async Task Every_invalid_code_gets_the_same_answer()
    {
        await using var app = await TestApp.StartAsync();
        var (live, revoked, expired) = (await app.CodeAsync("spa"), await app.CodeAsync("spa"), await app.CodeAsync("native"));
        AuthorizationCode.TryParse(revoked, out var parsed).Should().BeTrue();
        var unknown = AuthorizationCode.New(Guid.CreateVersion7().ToString("N")).ToWire();
        var forged = AuthorizationCode.New(parsed.Id).ToWire();
        await (await app.RowsAsync()).Where(r => r.Id == parsed.Id).Select(r => app.RemoveRowAsync(r.Id)).Single();

        var bodies = new HashSet<string>();
        foreach (
            var bad in new[]
            {
                "x",
                unknown,
                forged,
                revoked,
                live[..^1],
                live + "A",
                live[..^10] + (live[^10] == 'a' ? 'b' : 'a') + live[^9..],
                live.ToUpperInvariant(),
                " " + live,
            }
        )
        {
            var answer = await app.RedeemAsync("spa", bad);
            answer.ShouldBeError("invalid_grant");
            bodies.Add(answer.Body);
        }

        (await app.RedeemAsync("spa", live)).Status.Should().Be(200);
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        var late = await app.RedeemAsync("native", expired);
        late.ShouldBeError("invalid_grant");
        bodies.Add(late.Body);
        bodies.Should().ContainSingle();
    }

    [Test, Rfc("6749-10.3-2")]
    public async Task No_character_of_a_code_may_change()
    {
        await using var app = await TestApp.StartAsync();
        var code = await app.CodeAsync("spa");
        for (var i = 0; i < code.Length; i++)
            (await app.RedeemAsync("spa", code[..i] + (code[i] == 'x' ? 'y' : 'x') + code[(i + 1)..])).ShouldBeError("invalid_grant");
        (await app.RedeemAsync("spa", code)).Status.Should().Be(200);
    }

    [TestCase("https://app.example.com/cb/")]
    [TestCase("https://app.example.com:443/cb")]
    [TestCase("HTTPS://app.example.com/cb")]
    [TestCase("https://app.example.com/native")]
    [TestCase("https://evil.example/cb")]
    [Rfc("6749-4.1.3-6")]
    [Rfc("6749-4.1.3-7")]
    [Rfc("21-10.2-1")]
    public async Task A_redirect_uri_that_is_sent_must_be_the_one_of_the_authorization(string uri)
    {
        await using var app = await TestApp.StartAsync();
        // Once it was sent to the authorization endpoint, once it was left out there.
        foreach (var code in new[] { await app.CodeAsync("spa"), await app.CodeAsync("spa", ("redirect_uri", null)) })
        {
            (await app.PostAsync(Token, [.. Redemption(code, TestApp.Verifier, "spa"), ("redirect_uri", uri)])).ShouldBeError(
                "invalid_grant"
            );
            (await app.RedeemAsync("spa", code)).Status.Should().Be(200, "the registered one is accepted either way");
        }
    }

    [Test, Rfc("6749-4.1.3-6"), Rfc("21-10.2-1")]
    public async Task The_redirect_uri_may_be_left_out_only_where_PKCE_protects_the_code()
    {
        await using var app = await RelaxedAsync();
        var protectedCode = await app.CodeAsync("relaxed");
        var bare = await app.CodeAsync("relaxed", NoPkce);

        (await app.PostAsync(Token, Redemption(protectedCode, TestApp.Verifier, "relaxed"))).Status.Should().Be(200);
        (await app.PostAsync(Token, Redemption(bare, null, "relaxed"))).ShouldBeError("invalid_grant");
        (await app.PostAsync(Token, [.. Redemption(bare, null, "relaxed"), ("redirect_uri", TestApp.RedirectUri)])).Status.Should().Be(200);
    }

    [Test, Rfc("9700-2.1.1-1"), Rfc("7636-5-1"), Rfc("21-4.1.3-2"), Rfc("21-4.1.1-1")]
    public async Task Without_a_challenge_a_verifier_is_refused_and_only_a_relaxed_confidential_client_gets_so_far()
    {
        await using var app = await RelaxedAsync();
        var bare = await app.CodeAsync("relaxed", NoPkce);
        (string, string)[] redemption = [.. Redemption(bare, null, "relaxed"), ("redirect_uri", TestApp.RedirectUri)];

        (await app.PostAsync(Token, [.. redemption, ("code_verifier", TestApp.Verifier)])).ShouldBeError("invalid_request");
        (await app.PostAsync(Token, redemption)).Status.Should().Be(200);
        foreach (var strict in new[] { "web", "spa" })
            (await app.NewBrowser().GetAsync(TestApp.AuthorizeUrl(strict, NoPkce))).ShouldBeErrorRedirect("invalid_request");
    }

    [Test, Rfc("7636-4.1-1"), Rfc("7636-4.5-1"), Rfc("7636-4.6-4")]
    public async Task A_verifier_that_is_missing_or_malformed_is_invalid_request_and_spends_nothing()
    {
        await using var app = await TestApp.StartAsync();
        // V-PKCE-3 and 4: the challenges of verifiers that are too short and too long.
        var vectors = new[]
        {
            (new string('A', 42), "2FzmRL9Ogs7gMuqlw9kDCgkCdtm643AxEr38b4_d4wc"),
            (new string('A', 129), "5xGMOom_gU3tKrIyMDVlI5JT9Z_eqT4n0CBuF1SS46c"),
        };
        foreach (var (verifier, challenge) in vectors)
        {
            Pkce.Challenge(verifier).Should().Be(challenge);
            var code = await app.CodeAsync("spa", ("code_challenge", challenge));
            (await app.PostAsync(Token, Redemption(code, verifier, "spa"))).ShouldBeError("invalid_request");
        }

        foreach (var client in new[] { "spa", "web" })
        {
            var code = await app.CodeAsync(client);
            foreach (
                var verifier in new[]
                {
                    null,
                    "",
                    "a",
                    TestApp.Verifier[..42] + "+",
                    TestApp.Verifier[..42] + "/",
                    TestApp.Verifier + "=",
                    TestApp.Verifier + " ",
                    TestApp.Verifier + "é",
                }
            )
                (await app.PostAsync(Token, Redemption(code, verifier, client))).ShouldBeError("invalid_request");
            (await app.RedeemAsync(client, code)).Status.Should().Be(200);
        }
    }

    [Test, Rfc("7636-4.4-1"), Rfc("7636-4.6-2"), Rfc("7636-4.6-1"), Rfc("7636-4.6-4"), Rfc("7636-4.4-2")]
    public async Task Each_code_accepts_only_its_own_verifier_and_wrong_guesses_burn_nothing()
    {
        await using var app = await TestApp.StartAsync();
        var first = await app.CodeAsync("spa");
        var second = await app.CodeAsync("spa", ("code_challenge", OtherChallenge));
        first.Should().NotContain(TestApp.Challenge);

        for (var i = 0; i < 3; i++)
        {
            (await app.PostAsync(Token, Redemption(first, otherVerifier, "spa"))).ShouldBeError("invalid_grant");
            (await app.PostAsync(Token, Redemption(second, TestApp.Verifier, "spa"))).ShouldBeError("invalid_grant");
        }

        (await app.PostAsync(Token, Redemption(first, TestApp.Verifier, "spa"))).Status.Should().Be(200);
        (await app.PostAsync(Token, Redemption(second, otherVerifier, "spa"))).Status.Should().Be(200);
    }

    [Test, Rfc("7636-4.2-1")]
    public async Task A_verifier_of_the_greatest_length_is_taken()
    {
        await using var app = await TestApp.StartAsync();
        var code = await app.CodeAsync("spa", ("code_challenge", "zNhOm5Jyonenca7bQzzpjUpwFDVrfhrbbOGCqgWA6HU"));
        (await app.PostAsync(Token, Redemption(code, new('~', 128), "spa"))).Status.Should().Be(200);
    }

    [Test, Rfc("7636-4.5-2")]
    public async Task The_method_is_the_one_of_the_authorization_whatever_the_token_request_says()
    {
        await using var app = await TestApp.StartAsync();
        var code = await app.CodeAsync("spa");
        (await app.PostAsync(Token, [.. Redemption(code, TestApp.Challenge, "spa"), ("code_challenge_method", "plain")])).ShouldBeError(
            "invalid_grant"
        );
    }

    [Test, Rfc("9700-4.14.2-1")]
    public async Task A_client_without_the_refresh_grant_gets_no_refresh_token()
    {
        await using var app = await TestApp.StartAsync(o =>
            o.Clients.Add(TestApp.Client("short", null, null, [TestApp.RedirectUri], ["authorization_code"]))
        );
        (await app.TokensAsync("short")).Json.TryGetProperty("refresh_token", out _).Should().BeFalse();
        (await app.TokensAsync("spa")).RefreshToken().Should().StartWith("hqr_");
    }

    [Test, Rfc("6749-3.3-3"), Rfc("6749-3.3-2"), Rfc("6749-3.3-4")]
    public async Task The_scope_that_was_granted_is_told()
    {
        await using var app = await TestApp.StartAsync();
        (await app.TokensAsync("spa", ("scope", "write read write"))).Scopes().Should().Equal("read", "write");
        (await app.TokensAsync("spa", ("scope", null))).Text("scope").Should().Be("read");
    }

    private static readonly (string, string?)[] NoPkce = [("code_challenge", null), ("code_challenge_method", null)];

    private static Task<TestApp> RelaxedAsync() =>
        TestApp.StartAsync(o =>
        {
            var relaxed = TestApp.Client("relaxed", TestApp.WebSecret, null, [TestApp.RedirectUri], []);
            relaxed.RequirePkce = false;
            o.Clients.Add(relaxed);
        });

    private static (string, string)[] Redemption(string code, string? verifier, string? client) =>
        [
            ("grant_type", "authorization_code"),
            ("code", code),
            .. verifier is null ? Array.Empty<(string, string)>() : [("code_verifier", verifier)],
            .. client is null ? []
            : client == "relaxed" ? [("basic", "relaxed:" + TestApp.WebSecret)]
            : TestApp.Credentials(client),
        ];
}
