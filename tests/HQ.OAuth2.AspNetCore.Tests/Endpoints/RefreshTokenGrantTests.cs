using HQ.OAuth2.Tests;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The refresh token grant (RFC 6749 §6, RFC 9700 §4.14.2).</summary>
internal sealed class RefreshTokenGrantTests
{
    private static readonly TimeSpan leeway = TimeSpan.FromSeconds(30);

    [TestCase("spa")]
    [TestCase("web")]
    [Rfc("9700-2.2.2-1")]
    [Rfc("9700-4.14.2-3")]
    [Rfc("6749-6-7")]
    [Rfc("7662-4-3")]
    public async Task A_spent_token_presented_after_the_leeway_ends_the_authorization(string client)
    {
        await using var app = await TestApp.StartAsync();
        var first = await app.TokensAsync(client);
        var second = await app.RefreshAsync(client, first.RefreshToken());
        second.RefreshToken().Should().NotBe(first.RefreshToken());
        (await app.IsActiveAsync(second.AccessToken())).Should().BeTrue();
        app.Clock.Advance(leeway);

        (await app.RefreshAsync(client, first.RefreshToken())).ShouldBeError("invalid_grant");

        (await app.RefreshAsync(client, second.RefreshToken())).ShouldBeError("invalid_grant");
        (await app.IsActiveAsync(first.AccessToken())).Should().BeFalse();
        (await app.IsActiveAsync(second.AccessToken())).Should().BeFalse();
        app.Logs.Lines.Should()
            .Contain(line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("refresh token was replayed"));
    }

    [Test, Rfc("21-4.3.1-1")]
    public async Task Reuse_forgets_the_consent_too()
    {
        await using var app = await TestApp.StartAsync();
        var browser = app.NewBrowser();
        var first = await app.TokensAsync("web");
        (await browser.GetAsync(TestApp.AuthorizeUrl("web"))).LocationParameter("code").Should().NotBeNull("the consent is remembered");
        foreach (var row in (await app.RowsAsync()).Where(r => r.Version == 1))
            await app.RemoveRowAsync(row.Id);
        await app.RefreshAsync("web", first.RefreshToken());
        app.Clock.Advance(leeway);

        (await app.RefreshAsync("web", first.RefreshToken())).ShouldBeError("invalid_grant");

        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
        page.Status.Should().Be(200);
        page.Body.Should().Contain("name=\"decision\"");
    }

    [Test, Rfc("9700-4.14.2-4")]
    public async Task Inside_the_leeway_any_spent_turn_gets_the_one_live_token()
    {
        await using var app = await TestApp.StartAsync();
        var turns = new List<string> { (await app.TokensAsync("spa")).RefreshToken() };
        for (var i = 0; i < 3; i++)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(5));
            turns.Add((await app.RefreshAsync("spa", turns[^1])).RefreshToken());
        }

        app.Clock.Advance(TimeSpan.FromSeconds(5));
        foreach (var spent in turns.SkipLast(1))
        {
            var retry = await app.RefreshAsync("spa", spent);
            retry.Status.Should().Be(200);
            retry.RefreshToken().Should().Be(turns[^1]);
            (await app.GetAsync("/api/read", retry.AccessToken())).Status.Should().Be(200);
        }

        (await app.RowsAsync()).Single().Version.Should().Be(5, "code issued, redeemed, three rotations; retries write nothing");
    }

    [Test, Rfc("9700-4.14.2-3"), Rfc("9700-4.14.2-4")]
    public async Task A_thief_who_refreshes_fast_is_noticed_when_the_owner_comes_back()
    {
        await using var app = await TestApp.StartAsync();
        var owner = (await app.TokensAsync("spa")).RefreshToken();
        var thief = owner;
        for (var i = 0; i < 20; i++)
        {
            var answer = await app.RefreshAsync("spa", thief);
            answer.Status.Should().Be(200, answer.Body);
            thief = answer.RefreshToken();
        }

        (await app.RowsAsync()).Single().Version.Should().Be(2 + 8, "eight turns inside the leeway are all that a row keeps");
        (await app.RefreshAsync("spa", owner)).RefreshToken().Should().Be(thief, "the owner is inside the leeway too");
        app.Clock.Advance(leeway);
        (await app.RefreshAsync("spa", owner)).ShouldBeError("invalid_grant");
        (await app.RefreshAsync("spa", thief)).ShouldBeError("invalid_grant");
        (await app.RowsAsync()).Should().BeEmpty();
    }

    [Test, Rfc("9700-4.14.2-4")]
    public async Task A_retry_never_extends_the_leeway()
    {
        await using var app = await TestApp.StartAsync();
        var first = (await app.TokensAsync("spa")).RefreshToken();
        await app.RefreshAsync("spa", first);
        app.Clock.Advance(leeway - TimeSpan.FromSeconds(1));
        (await app.RefreshAsync("spa", first)).Status.Should().Be(200);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        (await app.RefreshAsync("spa", first)).ShouldBeError("invalid_grant");
        (await app.RowsAsync()).Should().BeEmpty();
    }

    [TestCase("spa", "native")]
    [TestCase("spa", "web")]
    [TestCase("web", "post")]
    [Rfc("6749-6-2")]
    public async Task A_token_is_worth_nothing_to_another_client_and_keeps_its_worth_to_its_own(string owner, string other)
    {
        await using var app = await TestApp.StartAsync();
        var first = await app.TokensAsync(owner);

        (await app.RefreshAsync(other, first.RefreshToken())).ShouldBeError("invalid_grant");
        var second = await app.RefreshAsync(owner, first.RefreshToken());
        second.Status.Should().Be(200);
        app.Clock.Advance(TimeSpan.FromHours(1));
        (await app.RefreshAsync(other, first.RefreshToken())).ShouldBeError("invalid_grant");
        (await app.RefreshAsync(owner, second.RefreshToken())).Status.Should().Be(200, "another client's replay ends nothing");
    }

    [Test, Rfc("6749-6-3"), Rfc("6749-10.3-2")]
    public async Task Every_invalid_token_gets_the_same_answer()
    {
        await using var app = await TestApp.StartAsync();
        var live = (await app.TokensAsync("spa")).RefreshToken();
        var revoked = (await app.TokensAsync("spa")).RefreshToken();
        await app.PostAsync(Revoke, ("token", revoked), ("client_id", "spa"));
        OAuth2.RefreshToken.TryParse(live, out var parsed).Should().BeTrue();
        string[] bad =
        [
            "x",
            revoked,
            OAuth2.RefreshToken.New(Guid.CreateVersion7().ToString("N")).ToWire(),
            OAuth2.RefreshToken.New(parsed.Id).ToWire(),
            (parsed with { Secret = new byte[32] }).ToWire(),
            (parsed with { Turn = 2 }).ToWire(),
            live[..^1],
            live + "A",
            await app.CodeAsync("spa"),
            (await app.MachineTokenAsync()).AccessToken(),
        ];

        var bodies = new HashSet<string>();
        foreach (var token in bad)
        {
            var answer = await app.RefreshAsync("spa", token);
            answer.ShouldBeError("invalid_grant");
            bodies.Add(answer.Body);
        }

        bodies.Should().ContainSingle();
        (await app.RefreshAsync("spa", live)).Status.Should().Be(200);
    }

    [Test, Rfc("6749-10.3-2")]
    public async Task No_character_of_a_token_may_change()
    {
        await using var app = await TestApp.StartAsync();
        var token = (await app.TokensAsync("spa")).RefreshToken();
        for (var i = 0; i < token.Length; i++)
            (await app.RefreshAsync("spa", token[..i] + (token[i] == 'x' ? 'y' : 'x') + token[(i + 1)..])).ShouldBeError("invalid_grant");
        (await app.RefreshAsync("spa", token)).Status.Should().Be(200);
    }

    [Test, Rfc("6749-6-4"), Rfc("6749-6-5"), Rfc("6749-6-6"), Rfc("6749-3.2-2"), Rfc("9700-2.3-1")]
    public async Task A_narrower_scope_is_for_one_access_token_only_and_a_wider_one_is_refused()
    {
        await using var app = await TestApp.StartAsync();
        var token = (await app.TokensAsync("spa")).RefreshToken();

        foreach (var wider in new[] { "read write delete", "delete", "re\"ad" })
            (await app.RefreshAsync("spa", token, ("scope", wider))).ShouldBeError("invalid_scope");
        var narrowed = await app.RefreshAsync("spa", token, ("scope", "read"));
        narrowed.Text("scope").Should().Be("read");
        JwtPart(narrowed.AccessToken(), 1).GetProperty("scope").GetString().Should().Be("read");
        var full = await app.RefreshAsync("spa", narrowed.RefreshToken());
        full.Scopes().Should().Equal("read", "write");
        (await app.RefreshAsync("spa", full.RefreshToken(), ("scope", ""))).Scopes().Should().Equal("read", "write");
        (await app.RowsAsync()).Single().Version.Should().Be(5, "the refused requests spent nothing");
    }

    [TestCase("spa", 90)]
    [TestCase("web", 180)]
    [Rfc("21-9-2")]
    [Rfc("21-2.4-2")]
    [Rfc("9700-4.14.2-6")]
    public async Task The_absolute_expiry_is_inherited_and_comes_sooner_for_a_public_client(string client, int days)
    {
        await using var app = await TestApp.StartAsync();
        var end = app.Clock.Now + TimeSpan.FromDays(days);
        var token = (await app.TokensAsync(client)).RefreshToken();
        while (app.Clock.Now + TimeSpan.FromDays(29) < end)
        {
            app.Clock.Advance(TimeSpan.FromDays(29));
            token = (await app.RefreshAsync(client, token)).RefreshToken();
        }

        app.Clock.Now = end - TimeSpan.FromSeconds(1);
        token = (await app.RefreshAsync(client, token)).RefreshToken();
        app.Clock.Now = end;
        (await app.RefreshAsync(client, token)).ShouldBeError("invalid_grant");
        (await app.IsActiveAsync(token)).Should().BeFalse();
    }

    [TestCase(-1, 200)]
    [TestCase(0, 400)]
    [Rfc("9700-4.14.2-6")]
    public async Task A_token_that_lies_unused_expires(int seconds, int status)
    {
        await using var app = await TestApp.StartAsync();
        var token = (await app.TokensAsync("spa")).RefreshToken();
        app.Clock.Advance(TimeSpan.FromDays(30) + TimeSpan.FromSeconds(seconds));
        (await app.RefreshAsync("spa", token)).Status.Should().Be(status);
    }

    [Test, Rfc("21-4.3-1"), Rfc("7662-4-3")]
    public async Task An_authorization_that_the_user_ended_refreshes_nothing()
    {
        await using var app = await TestApp.StartAsync();
        var tokens = await app.TokensAsync("web");
        await app.RemoveRowAsync((await app.RowsAsync()).Single().Id);

        (await app.RefreshAsync("web", tokens.RefreshToken())).ShouldBeError("invalid_grant");
        (await app.IsActiveAsync(tokens.AccessToken())).Should().BeFalse();
        (await app.GetAsync("/api/read", tokens.AccessToken())).Status.Should().Be(401);
    }

    [TestCase("disabled")]
    [TestCase("made anew")]
    [TestCase("deleted")]
    [Rfc("7662-4-3")]
    public async Task A_client_that_is_disabled_deleted_or_made_anew_has_no_tokens(string how)
    {
        await using var app = await TestApp.StartAsync();
        var registered = await app.RegisterAsync(
            new
            {
                redirect_uris = new[] { TestApp.RedirectUri },
                token_endpoint_auth_method = "none",
                grant_types = new[] { "authorization_code", "refresh_token" },
            }
        );
        var id = registered.Text("client_id")!;
        var tokens = await app.TokensAsync(id);
        (await app.IsActiveAsync(tokens.AccessToken())).Should().BeTrue();

        var client = (await app.FindClientAsync(id))!;
        if (how == "deleted")
            await app.RemoveClientAsync(id);
        else
            await app.AddClientAsync(
                how == "disabled" ? client with { Disabled = true } : client with { CreatedAt = client.CreatedAt.AddSeconds(1) }
            );

        (await app.IsActiveAsync(tokens.AccessToken())).Should().BeFalse();
        (await app.GetAsync("/api/read", tokens.AccessToken())).Status.Should().Be(401);
        var refresh = await app.RefreshAsync(id, tokens.RefreshToken());
        if (how != "made anew")
            refresh.ShouldBeError("invalid_client", 401);
        else
            refresh.ShouldBeError("invalid_grant");
    }
}
