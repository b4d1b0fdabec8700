using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;

namespace HQ.OAuth2.Benchmarks;

/// <summary>A client secret: made, verified for the first time, and verified again.</summary>
[MemoryDiagnoser]
public class SecretBenchmarks
{
    private readonly string secret;
    private readonly Client client;
    private readonly ClientSecrets secrets = New();

    public SecretBenchmarks()
    {
        (secret, var kept) = ClientSecrets.Generate();
        client = Example.Client(kept);
    }

    [Benchmark]
    public object Generate() => ClientSecrets.Generate();

    [Benchmark]
    public async Task<bool> VerifyFirst()
    {
        using var empty = New();
        return await empty.VerifyAsync(client, secret, default);
    }

    [Benchmark]
    public async Task<bool> VerifyAgain() => await secrets.VerifyAsync(client, secret, default);

    private static ClientSecrets New() => new(new(Example.Options()), TimeProvider.System, NullLogger<ClientSecrets>.Instance);
}
