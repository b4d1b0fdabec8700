using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2.Tests;

/// <summary>A host without ASP.NET Core, with one public client, "app".</summary>
internal sealed class CoreHost : IAsyncDisposable
{
    private readonly ServiceProvider services;

    public CoreHost(Action<HqOAuth2Options>? configure = null, TimeProvider? clock = null, Action<IServiceCollection>? add = null)
    {
        var options = Given.Options(o => o.Clients.Add(new() { ClientId = "app" }));
        options.Clients[^1].RedirectUris.Add(Given.RedirectUri);
        configure?.Invoke(options);
        var own = new ServiceCollection().AddSingleton(clock ?? TimeProvider.System);
        add?.Invoke(own);
        services = own.AddHqOAuth2Core()
            .AddSingleton(Options.Create(options))
            .AddSingleton(new KeyProtection(Convert.ToBase64String, Convert.FromBase64String))
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .BuildServiceProvider(validateScopes: true);
    }

    /// <summary>A service that lives as long as the host.</summary>
    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>Does something with a service of one request.</summary>
    public async Task<TResult> WithAsync<T, TResult>(Func<T, ValueTask<TResult>> use)
        where T : notnull
    {
        await using var scope = services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<T>());
    }

    /// <summary>Asks for a code, and answers the consent page with yes.</summary>
    public async Task<string> CodeAsync()
    {
        await using var scope = services.CreateAsyncScope();
        var authorize = scope.ServiceProvider.GetRequiredService<AuthorizeEndpoint>();
        var asked = OAuthParameters.Of(
            ("response_type", "code"),
            ("client_id", "app"),
            ("code_challenge", Given.Challenge),
            ("code_challenge_method", "S256")
        );
        var valid = (AuthorizeResult.Valid)await authorize.ValidateAsync(asked, isPushed: false, () => new("alice"), default);
        var yes = new Approval
        {
            Subject = "alice",
            User = new(),
            Organization = null,
            Granted = null,
            Asked = true,
            FormCode = authorize.NewCode(),
            SignedInAt = null,
        };
        return (await authorize.ApproveAsync(valid.Request, yes, default)).Value.ToWire();
    }

    public Task<TokenResponse> ExchangeAsync(string code) =>
        TokenAsync(("grant_type", "authorization_code"), ("code", code), ("code_verifier", Given.Verifier));

    public Task<TokenResponse> RefreshAsync(string token) => TokenAsync(("grant_type", "refresh_token"), ("refresh_token", token));

    public async Task<AccessToken?> VerifyAsync(string token)
    {
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<AccessTokenVerifier>().VerifyAsync(token, default);
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private async Task<TokenResponse> TokenAsync(params (string, string)[] form)
    {
        await using var scope = services.CreateAsyncScope();
        var endpoint = scope.ServiceProvider.GetRequiredService<TokenEndpoint>();
        return (await endpoint.HandleAsync(new() { Parameters = OAuthParameters.Of([("client_id", "app"), .. form]) }, default)).Value;
    }
}
