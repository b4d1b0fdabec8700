using Microsoft.Extensions.DependencyInjection;
namespace HQ.OAuth2.Tests;
[NonParallelizable]
public sealed class PiecesTests
{
    [Test]
    public async Task Pieces()
    {
        await using var host = new CoreHost();
        var codes = await AllocatedBytes.ForEachRunAsync(host.CodeAsync);
        var tokens = (TokenResponse?)null;
        Log("exchange", await AllocatedBytes.OfAsync(async () => tokens = await host.ExchangeAsync(codes.Dequeue())));
        Log("refresh", await AllocatedBytes.OfAsync(async () => tokens = await host.RefreshAsync(tokens!.RefreshToken!)));
        Log("verify", await AllocatedBytes.OfAsync(() => host.VerifyAsync(tokens!.AccessToken)));
        var services = host.Services;
        Log("scope", await AllocatedBytes.OfAsync(async () => { await using var s = services.CreateAsyncScope(); }));
        Log("resolve verifier", await AllocatedBytes.OfAsync(async () => { await using var s = services.CreateAsyncScope(); s.ServiceProvider.GetRequiredService<AccessTokenVerifier>(); }));
        Log("resolve token", await AllocatedBytes.OfAsync(async () => { await using var s = services.CreateAsyncScope(); s.ServiceProvider.GetRequiredService<TokenEndpoint>(); }));
        Log("resolve introspection", await AllocatedBytes.OfAsync(async () => { await using var s = services.CreateAsyncScope(); s.ServiceProvider.GetRequiredService<IntrospectionEndpoint>(); }));
        Log("resolve authorize", await AllocatedBytes.OfAsync(async () => { await using var s = services.CreateAsyncScope(); s.ServiceProvider.GetRequiredService<AuthorizeEndpoint>(); }));
        Log("resolve authenticator", await AllocatedBytes.OfAsync(async () => { await using var s = services.CreateAsyncScope(); s.ServiceProvider.GetRequiredService<ClientAuthenticator>(); }));
        var store = services.GetRequiredService<IAuthorizationStore>();
        await using var scope = services.CreateAsyncScope();
        var id = (await services.GetRequiredService<AccessTokenReader>().ReadAsync(tokens!.AccessToken, default))!.AuthorizationId!;
        var record = await store.FindAsync(id, default);
        var row = OAuthAuthorization.FromRecord(record!);
        Log("read row", await AllocatedBytes.OfAsync(() => { OAuthAuthorization.FromRecord(record!); return Task.CompletedTask; }));
        Log("write row", await AllocatedBytes.OfAsync(() => { row.ToRecord(); return Task.CompletedTask; }));
        var auth = scope.ServiceProvider.GetRequiredService<ClientAuthenticator>();
        var request = new OAuthRequest { Parameters = OAuthParameters.Of(("client_id", "app")) };
        Log("authenticate", await AllocatedBytes.OfAsync(async () => await auth.AuthenticateAsync(request, default)));
    }
    static void Log(string n, long v) => TestContext.Out.WriteLine($"{n}: {v}");
}
