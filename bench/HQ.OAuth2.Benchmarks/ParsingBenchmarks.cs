using BenchmarkDotNet.Attributes;

namespace HQ.OAuth2.Benchmarks;

/// <summary>A client's texts become values.</summary>
[MemoryDiagnoser]
public class ParsingBenchmarks
{
    private static readonly string refreshToken = RefreshToken.New(Example.Issued().Row.Id).ToWire();
    private static readonly byte[] form = System.Text.Encoding.UTF8.GetBytes(
        $"grant_type=refresh_token&client_id=app&scope=read+write&refresh_token={refreshToken}"
    );

    [Benchmark]
    public object Form() => OAuthParameters.Parse(form);

    [Benchmark]
    public object Scope() => ScopeSet.Parse("read write delete");

    [Benchmark]
    public bool RefreshTokenText() => RefreshToken.TryParse(refreshToken, out _);
}
