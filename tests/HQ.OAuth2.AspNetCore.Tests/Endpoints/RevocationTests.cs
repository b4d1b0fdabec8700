using HQ.OAuth2.Tests;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The revocation endpoint (RFC 7009).</summary>
internal sealed class RevocationTests
{
    [TestCase("spa", "refresh_token", null)]
    [TestCase("spa", "access_token", null)]
    [TestCase("web", "refresh_token", "refresh_token")]
    [TestCase("web", "refresh_token", "access_token")]
    [TestCase("post", "access_token", "refresh_token")]
    [TestCase("post", "access_token", "foo")]
    [Rfc("7009-2-1")]
    [Rfc("7009-2-2")]
    [Rfc("7009-2.1-2")]
    [Rfc("7009-2.1-3")]
    [Rfc("7009-2.1-6")]
    [Rfc("7009-2.1-7")]
    [Rfc("7009-2.1-8")]
    [Rfc("7662-4-3")]
    public async Task Either_token_ends_both_at_once_whatever_the_hint(string client, string which, string? hint)
    {
        await using var app = await TestApp.StartAsync();
        var tokens = await app.TokensAsync(client);
        (await app.IsActiveAsync(tokens.AccessToken())).Should().BeTrue();

        ShouldBeRevoked(await RevokeAsync(app, client, tokens.Text(which)!, hint is null ? [] : [("token_type_hint", hint)]));

        (await app.IsActiveAsync(tokens.AccessToken())).Should().BeFalse();
        (await app.GetAsync("/api/read", tokens.AccessToken())).Status.Should().Be(401);
        (await app.RefreshAsync(client, tokens.RefreshToken())).ShouldBeError("invalid_grant");
        (await app.RowsAsync()).Should().BeEmpty();
    }

    [Test, Rfc("7009-2.1-9")]
    public async Task A_rotated_out_token_ends_its_family_long_after_it_was_spent()
    {
        await using var app = await TestApp.StartAsync();
        var first = await app.TokensAsync("spa");
        var second = await app.RefreshAsync("spa", first.RefreshToken());
        app.Clock.Advance(TimeSpan.FromDays(2));

        ShouldBeRevoked(await RevokeAsync(app, "spa", first.RefreshToken()));
        (await app.RefreshAsync("spa", second.RefreshToken())).ShouldBeError("invalid_grant");
    }

    [Test, Rfc("7009-2-2"), Rfc("7662-4-3")]
    public async Task A_token_without_an_authorization_is_revoked_alone()
    {
        await using var app = await TestApp.StartAsync();
        var (one, other) = (await app.MachineTokenAsync(), await app.MachineTokenAsync());

        ShouldBeRevoked(await RevokeAsync(app, "machine", one.AccessToken()));

        (await app.IsActiveAsync(one.AccessToken())).Should().BeFalse();
        (await app.GetAsync("/api/read", one.AccessToken())).Status.Should().Be(401);
        (await app.IsActiveAsync(other.AccessToken())).Should().BeTrue();
        ShouldBeRevoked(await RevokeAsync(app, "machine", one.AccessToken()));
    }

    [Test, Rfc("7009-2.2-1")]
    public async Task A_token_that_is_dead_already_is_a_success()
    {
        await using var app = await TestApp.StartAsync();
        var (revoked, expired, live) = (await app.TokensAsync("spa"), await app.TokensAsync("spa"), await app.TokensAsync("spa"));
        await RevokeAsync(app, "spa", revoked.RefreshToken());
        app.Clock.Advance(TimeSpan.FromMinutes(20));
        OAuth2.RefreshToken.TryParse(live.RefreshToken(), out var parsed).Should().BeTrue();
        string[] dead =
        [
            "x",
            new('x', 10_000),
            "a.b.c",
            revoked.RefreshToken(),
            revoked.AccessToken(),
            expired.AccessToken(),
            OAuth2.RefreshToken.New(Guid.CreateVersion7().ToString("N")).ToWire(),
            OAuth2.RefreshToken.New(parsed.Id).ToWire(),
            (parsed with { Turn = 9 }).ToWire(),
            (parsed with { Secret = new byte[32] }).ToWire(),
        ];

        foreach (var token in dead)
            ShouldBeRevoked(await RevokeAsync(app, "spa", token));

        (await app.RefreshAsync("spa", live.RefreshToken())).Status.Should().Be(200, "a forgery ends nobody's authorization");
    }

    [TestCase("spa", "native")]
    [TestCase("web", "spa")]
    [TestCase("spa", "web")]
    [TestCase("web", "machine")]
    [Rfc("7009-2.1-5")]
    public async Task Another_clients_token_is_refused_and_lives_on(string owner, string other)
    {
        await using var app = await TestApp.StartAsync();
        var tokens = await app.TokensAsync(owner);

        (await RevokeAsync(app, other, tokens.AccessToken())).ShouldBeError("invalid_grant");
        (await RevokeAsync(app, other, tokens.RefreshToken())).ShouldBeError("invalid_grant");
        (await RevokeAsync(app, other, (await app.MachineTokenAsync()).AccessToken())).Status.Should().Be(other == "machine" ? 200 : 400);

        (await app.IsActiveAsync(tokens.AccessToken())).Should().BeTrue();
        (await app.RefreshAsync(owner, tokens.RefreshToken())).Status.Should().Be(200);
    }

    [Test, Rfc("7009-2.1-4")]
    public async Task Without_the_clients_credentials_nothing_is_revoked()
    {
        await using var app = await TestApp.StartAsync();
        var (web, spa) = (await app.TokensAsync("web"), await app.TokensAsync("spa"));

        foreach (var token in new[] { web.RefreshToken(), spa.RefreshToken(), "dead" })
        {
            (await app.PostAsync(Revoke, ("token", token))).ShouldBeError("invalid_client", 401);
            (await app.PostAsync(Revoke, ("token", token), ("client_id", "web"))).ShouldBeError("invalid_client", 401);
            (await app.PostAsync(Revoke, ("token", token), ("basic", "web:wrong"))).ShouldBeError("invalid_client", 401);
            (await app.PostAsync(Revoke, ("token", token), ("client_id", "nobody"))).ShouldBeError("invalid_client", 401);
        }

        (await app.RefreshAsync("web", web.RefreshToken())).Status.Should().Be(200);
        (await app.RefreshAsync("spa", spa.RefreshToken())).Status.Should().Be(200);
    }

    [Test, Rfc("7009-2.1-1")]
    public async Task The_token_is_demanded_in_the_body()
    {
        await using var app = await TestApp.StartAsync();
        var tokens = await app.TokensAsync("spa");

        (await app.PostAsync(Revoke, ("client_id", "spa"))).ShouldBeError("invalid_request");
        (await app.PostAsync(Revoke, ("client_id", "spa"), ("token", ""))).ShouldBeError("invalid_request");
        (await app.PostAsync($"{Revoke}?token={tokens.RefreshToken()}", ("client_id", "spa"))).ShouldBeError("invalid_request");
        (await app.PostAsync(Revoke, ("client_id", "spa"), ("token", tokens.RefreshToken()), ("token", "x"))).ShouldBeError(
            "invalid_request"
        );
        (await app.RefreshAsync("spa", tokens.RefreshToken())).Status.Should().Be(200);
    }

    [Test, Rfc("7009-2-3"), Rfc("7009-2.3-1")]
    public async Task The_metadata_names_an_https_endpoint_and_there_is_no_JSONP()
    {
        await using var app = await TestApp.StartAsync();
        var metadata = await app.GetAsync("/.well-known/oauth-authorization-server");
        metadata.Text("revocation_endpoint").Should().Be("https://auth.example.com/oauth2/revoke");

        var answer = await RevokeAsync(app, "spa", "x", ("callback", "f"));
        ShouldBeRevoked(answer);
        (await app.GetAsync(Revoke + "?callback=f")).Status.Should().Be(405);
    }

    private static Task<Answer> RevokeAsync(TestApp app, string client, string token, params (string, string)[] more) =>
        app.PostAsync(Revoke, [("token", token), .. TestApp.Credentials(client), .. more]);

    private static void ShouldBeRevoked(Answer answer)
    {
        answer.Status.Should().Be(200, answer.Body);
        answer.Body.Should().Be("{}");
        answer.Header("Cache-Control").Should().Be("no-store");
    }
}
