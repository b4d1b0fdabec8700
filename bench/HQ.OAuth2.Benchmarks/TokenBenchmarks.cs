using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2.Benchmarks;

/// <summary>An access token: made and signed, verified for the first time, and read again.</summary>
[MemoryDiagnoser]
[WarmupCount(5)]
public class TokenBenchmarks
{
    private static readonly ScopeSet scope = ScopeSet.Of("read", "write");
    private static readonly TokenRequest request = new(
        Example.Client(),
        OAuthParameters.Of(("grant_type", "example")),
        DateTimeOffset.UtcNow
    );

    private readonly ServiceProvider services;
    private readonly TokenIssuer issuer;
    private readonly AccessTokenReader reader;
    private readonly string token;

    public TokenBenchmarks()
    {
        services = new ServiceCollection()
            .AddHqOAuth2Core()
            .AddSingleton(Options.Create(Example.Options()))
            .AddSingleton(new KeyProtection(Convert.ToBase64String, Convert.FromBase64String))
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .BuildServiceProvider();
        issuer = services.GetRequiredService<TokenIssuer>();
        reader = services.GetRequiredService<AccessTokenReader>();
        token = Make().Result.AccessToken;
    }

    [Benchmark]
    public async Task<TokenResponse> Make() => await issuer.IssueAsync(request, "alice", scope, [], default);

    [Benchmark]
    public async Task<bool> VerifyFirst()
    {
        var empty = ActivatorUtilities.CreateInstance<AccessTokenReader>(services);
        return await empty.ReadAsync(token, default) is not null;
    }

    [Benchmark]
    public async Task<bool> ReadAgain() => await reader.ReadAsync(token, default) is not null;
}
