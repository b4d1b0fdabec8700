namespace HQ.OAuth2.Tests;

/// <summary>
/// The bytes a request allocates in the core, with the memory store. A budget is the figure measured when it was set, and a tenth
/// or so of air: a change that needs more says why and raises it.
/// </summary>
[NonParallelizable]
public sealed class BudgetTests
{
    [Test]
    public async Task A_code_exchange_keeps_its_budget()
    {
        await using var host = new CoreHost();
        var codes = await AllocatedBytes.ForEachRunAsync(host.CodeAsync);

        (await AllocatedBytes.OfAsync(() => host.ExchangeAsync(codes.Dequeue()))).Should().BeInRange(1_000, 13_500);
    }

    [Test]
    public async Task A_refresh_keeps_its_budget()
    {
        await using var host = new CoreHost();
        var tokens = await host.ExchangeAsync(await host.CodeAsync());

        (await AllocatedBytes.OfAsync(async () => tokens = await host.RefreshAsync(tokens.RefreshToken!)))
            .Should()
            .BeInRange(1_000, 15_500);
    }

    [Test]
    public async Task A_token_that_was_verified_before_keeps_its_budget()
    {
        await using var host = new CoreHost();
        var token = (await host.ExchangeAsync(await host.CodeAsync())).AccessToken;

        // 3,500 to 3,700, as the compiler has it: test.sh switches its profiles off.
        (await AllocatedBytes.OfAsync(() => host.VerifyAsync(token)))
            .Should()
            .BeInRange(1_000, 3_800);
    }
}
