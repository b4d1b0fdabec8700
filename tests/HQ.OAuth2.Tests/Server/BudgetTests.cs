namespace HQ.OAuth2.Tests;

/// <summary>
/// The bytes a request allocates in the core, with the memory store. A budget is the figure measured when it was set, and a tenth
/// or so of air: a change that needs more says why and raises it.
/// </summary>
[NonParallelizable]
public sealed class BudgetTests
{
    private const int Requests = 400;

    [Test]
    public async Task A_code_exchange_keeps_its_budget()
    {
        await using var host = new CoreHost();
        var codes = new Queue<string>();
        for (var i = 0; i < 2 * Requests; i++)
            codes.Enqueue(await host.CodeAsync());

        (await BytesAsync(() => host.ExchangeAsync(codes.Dequeue()))).Should().BeInRange(1_000, 20_000);
    }

    [Test]
    public async Task A_refresh_keeps_its_budget()
    {
        await using var host = new CoreHost();
        var tokens = await host.ExchangeAsync(await host.CodeAsync());

        (await BytesAsync(async () => tokens = await host.RefreshAsync(tokens.RefreshToken!))).Should().BeInRange(1_000, 24_000);
    }

    [Test]
    public async Task A_token_that_was_verified_before_keeps_its_budget()
    {
        await using var host = new CoreHost();
        var token = (await host.ExchangeAsync(await host.CodeAsync())).AccessToken;

        (await BytesAsync(() => host.VerifyAsync(token))).Should().BeInRange(1_000, 6_000);
    }

    // The first half warms up.
    private static async Task<long> BytesAsync(Func<Task> askAsync)
    {
        for (var i = 0; i < Requests; i++)
            await askAsync();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < Requests; i++)
            await askAsync();
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / Requests;
    }
}
