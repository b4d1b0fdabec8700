using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>A store that is down is nobody's fault but ours: 503, never a refusal that a client would believe.</summary>
internal sealed class FailureTests
{
    private static readonly Exception[] unreachable =
    [
        new TimeoutException("db.internal:5432 secret-detail"),
        new IOException("secret-detail"),
    ];

    [Test, Rfc("7009-2.2.1-2"), Rfc("7662-2.1-7")]
    public async Task An_authorization_store_that_cannot_be_reached_is_503_and_ends_nothing()
    {
        await using var app = await TestApp.StartAsync(parts: s =>
            s.AddAuthorizationStore<FailingAuthorizationStore>(ServiceLifetime.Singleton)
        );
        var store = (FailingAuthorizationStore)app.Services.GetRequiredService<IAuthorizationStore>();
        var (code, tokens) = (await app.CodeAsync("spa"), await app.TokensAsync("spa"));

        foreach (var failure in unreachable)
        {
            store.Failure = failure;
            ShouldBeUnavailable(await app.RedeemAsync("spa", code));
            ShouldBeUnavailable(await app.RefreshAsync("spa", tokens.RefreshToken()));
            foreach (var token in new[] { tokens.AccessToken(), tokens.RefreshToken() })
            {
                ShouldBeUnavailable(await app.PostAsync(Revoke, ("token", token), ("client_id", "spa")));
                ShouldBeUnavailable(await app.PostAsync(Introspect, [("token", token), .. Machine]));
            }
        }

        store.Failure = null;
        (await app.RedeemAsync("spa", code)).Status.Should().Be(200);
        (await app.RefreshAsync("spa", tokens.RefreshToken())).Status.Should().Be(200);
        (await app.IsActiveAsync(tokens.AccessToken())).Should().BeTrue("it was not reported as revoked, and is not");
    }

    [TestCase("update")]
    [TestCase("remove")]
    [Rfc("7009-2.2.1-2")]
    public async Task A_write_that_fails_gives_no_token_and_no_success(string operation)
    {
        await using var app = await TestApp.StartAsync(parts: s =>
            s.AddAuthorizationStore<FailingAuthorizationStore>(ServiceLifetime.Singleton)
        );
        var store = (FailingAuthorizationStore)app.Services.GetRequiredService<IAuthorizationStore>();
        var (code, tokens) = (await app.CodeAsync("spa"), await app.TokensAsync("spa"));
        (store.Failure, store.Only) = (new TimeoutException(), operation);

        if (operation == "update")
        {
            ShouldBeUnavailable(await app.RedeemAsync("spa", code));
            ShouldBeUnavailable(await app.RefreshAsync("spa", tokens.RefreshToken()));
        }
        else
        {
            ShouldBeUnavailable(await app.PostAsync(Revoke, ("token", tokens.RefreshToken()), ("client_id", "spa")));
        }

        store.Failure = null;
        (await app.RedeemAsync("spa", code)).Status.Should().Be(200);
        (await app.RefreshAsync("spa", tokens.RefreshToken())).Status.Should().Be(200);
    }

    [Test]
    public async Task A_client_store_that_cannot_be_reached_is_503_and_never_invalid_client()
    {
        await using var app = await TestApp.StartAsync(
            o => (o.Dcr, o.CacheClientsFor) = (false, TimeSpan.Zero),
            s => s.AddClientStore<FailingClientStore>(ServiceLifetime.Singleton)
        );
        var store = (FailingClientStore)app.Services.GetRequiredService<IClientStore>();
        await store.Inner.TryAddAsync(Confidential("stored", "s"), default);
        var token = (await app.PostAsync(Token, ClientCredentials, ("basic", "stored:s"))).AccessToken();

        store.Failure = unreachable[0];
        ShouldBeUnavailable(await app.PostAsync(Token, ClientCredentials, ("basic", "stored:s")));
        ShouldBeUnavailable(await app.PostAsync(Revoke, ("token", token), ("basic", "stored:s")));
        ShouldBeUnavailable(await app.PostAsync(Introspect, [("token", token), .. Machine]));
        store.Failure = null;
        (await app.PostAsync(Token, ClientCredentials, ("basic", "stored:s"))).Status.Should().Be(200);
    }

    [Test, Rfc("6749-5.2-1")]
    public async Task A_bug_is_500_in_JSON_without_a_word_about_it_and_the_log_has_it()
    {
        await using var app = await TestApp.StartAsync(parts: s =>
            s.AddAuthorizationStore<FailingAuthorizationStore>(ServiceLifetime.Singleton)
        );
        var code = await app.CodeAsync("spa");
        ((FailingAuthorizationStore)app.Services.GetRequiredService<IAuthorizationStore>()).Failure = new NotSupportedException(
            "secret-detail"
        );

        var answer = await app.RedeemAsync("spa", code);

        answer.ShouldBeError("server_error", 500);
        answer.Body.Should().NotContain("secret-detail").And.NotContain("   at ");
        app.Logs.Lines.Should()
            .Contain(line => line.StartsWith("Error HQ.OAuth2.Http", StringComparison.Ordinal) && line.Contains("secret-detail"));
    }

    [Test]
    public async Task A_row_that_cannot_be_read_counts_as_gone()
    {
        await using var app = await TestApp.StartAsync();
        var tokens = await app.TokensAsync("spa");
        var row = (await app.RowsAsync()).Single();
        foreach (var (data, version) in new[] { ("{}", 1), ("null", 2), ("not json", 3), ("", 4) })
        {
            var store = app.Services.GetRequiredService<IAuthorizationStore>();
            (await store.TryUpdateAsync(row with { Version = row.Version + version, Data = data }, default)).Should().BeTrue();
            (await app.RefreshAsync("spa", tokens.RefreshToken())).ShouldBeError("invalid_grant");
            (await app.IsActiveAsync(tokens.AccessToken())).Should().BeFalse();
        }
    }

    private static void ShouldBeUnavailable(Answer answer)
    {
        answer.ShouldBeError("temporarily_unavailable", 503);
        answer.Header("Retry-After").Should().MatchRegex("^[1-9][0-9]*$");
        answer.Header("WWW-Authenticate").Should().BeNull();
        answer.Body.Should().NotContain("secret-detail").And.NotContain("active");
    }
}
