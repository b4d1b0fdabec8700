using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The signature of a token is verified once in a process; everything that can change is looked at each time.</summary>
[TestFixture(AccessTokenFormat.Jwt)]
[TestFixture(AccessTokenFormat.Opaque)]
public sealed class VerifiedOnceTests(AccessTokenFormat format)
{
    private TestApp app = null!;
    private AccessTokenReader reader = null!;
    private string token = null!;
    private string refreshToken = null!;

    [SetUp]
    public async Task StartAsync()
    {
        app = await TestApp.StartAsync(o => o.AccessTokenFormat = format);
        reader = app.Services.GetRequiredService<AccessTokenReader>();
        var tokens = await app.TokensAsync("web");
        (token, refreshToken) = (tokens.AccessToken(), tokens.RefreshToken());
    }

    [TearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    public async Task Introspection_and_the_bearer_scheme_verify_one_signature_together()
    {
        for (var i = 0; i < 3; i++)
        {
            (await app.IsActiveAsync(token)).Should().BeTrue();
            (await app.GetAsync("/api/read", token)).Status.Should().Be(200);
        }

        reader.Verifications.Should().Be(1);
    }

    [Test]
    public async Task A_revocation_is_seen_at_once()
    {
        (await app.IsActiveAsync(token)).Should().BeTrue();

        await app.PostAsync("/oauth2/revoke", [("token", refreshToken), .. TestApp.Credentials("web")]);

        (await app.IsActiveAsync(token)).Should().BeFalse();
        (await app.GetAsync("/api/read", token)).Status.Should().Be(401);
    }

    [Test]
    public async Task The_end_of_a_token_is_seen_at_once()
    {
        (await app.IsActiveAsync(token)).Should().BeTrue();
        app.Clock.Advance(TimeSpan.FromMinutes(15));

        (await app.IsActiveAsync(token)).Should().BeFalse();
    }

    [Test]
    public async Task A_token_whose_key_is_gone_is_refused()
    {
        (await app.IsActiveAsync(token)).Should().BeTrue();
        var (store, keys) = (app.Services.GetRequiredService<IKeyStore>(), app.Services.GetRequiredService<TokenKeys>());
        foreach (var key in await store.ListAsync(default))
            await store.RemoveAsync(key.Id, default);
        // The key that is made now is another one by its time.
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        await keys.RefreshAsync(default);

        (await app.IsActiveAsync(token)).Should().BeFalse();
    }

    [Test]
    public async Task A_token_with_another_signature_is_not_the_one_that_was_verified()
    {
        (await app.IsActiveAsync(token)).Should().BeTrue();
        var changed = token[..^10] + new string(token[^10..].Reverse().ToArray());

        (await app.IsActiveAsync(changed)).Should().BeFalse();
    }
}
