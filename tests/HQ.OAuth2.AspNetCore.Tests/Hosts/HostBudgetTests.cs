using Microsoft.Extensions.Logging;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>
/// The bytes a request allocates through the host, with the memory store; the client of the test is part of the figure. A budget is the
/// figure measured when it was set, and a tenth or so of air: a change that needs more says why and raises it.
/// </summary>
[NonParallelizable]
public sealed class HostBudgetTests
{
    private TestApp app = null!;

    [SetUp]
    public async Task ListenAsync() =>
        app = await TestApp.StartAsync(
            // The clock stands still: with a leeway every refresh would be a retry.
            o => o.RefreshTokenLeeway = TimeSpan.Zero,
            host: b => b.Logging.ClearProviders(),
            inMemory: true
        );

    [TearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    public async Task A_login_by_a_remembered_consent_keeps_its_budget()
    {
        await app.TokensAsync("web");
        var browser = app.NewBrowser();

        (
            await AllocatedBytes.OfAsync(async () =>
                (await browser.GetAsync(TestApp.AuthorizeUrl("web"))).LocationParameter("code").Should().NotBeNull()
            )
        )
            .Should()
            .BeInRange(1_000, 37_500);
    }

    [Test]
    public async Task A_code_exchange_keeps_its_budget()
    {
        var codes = await AllocatedBytes.ForEachRunAsync(() => app.CodeAsync("spa"));

        (await AllocatedBytes.OfAsync(async () => (await app.RedeemAsync("spa", codes.Dequeue())).Status.Should().Be(200)))
            .Should()
            .BeInRange(1_000, 35_000);
    }

    [Test]
    public async Task A_refresh_keeps_its_budget()
    {
        var tokens = await app.TokensAsync("spa");

        (await AllocatedBytes.OfAsync(async () => tokens = await app.RefreshAsync("spa", tokens.RefreshToken())))
            .Should()
            .BeInRange(1_000, 36_500);
        tokens.Status.Should().Be(200);
    }

    [Test]
    public async Task An_introspection_keeps_its_budget()
    {
        var token = (await app.TokensAsync("spa")).AccessToken();

        (await AllocatedBytes.OfAsync(async () => (await app.IsActiveAsync(token)).Should().BeTrue())).Should().BeInRange(1_000, 29_500);
    }
}
