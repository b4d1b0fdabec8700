namespace HQ.OAuth2.Tests;

/// <summary>A code flow through the endpoints of the core alone.</summary>
public sealed class CoreHostTests
{
    [Test]
    public async Task A_code_flow_needs_the_core_alone()
    {
        await using var host = new CoreHost();

        var tokens = await host.ExchangeAsync(await host.CodeAsync());
        var refreshed = await host.RefreshAsync(tokens.RefreshToken!);

        (await host.VerifyAsync(refreshed.AccessToken))!.Subject.Should().Be("alice");
    }
}
