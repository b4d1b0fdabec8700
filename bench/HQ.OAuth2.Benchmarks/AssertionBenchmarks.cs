using System.Text.Json;
using BenchmarkDotNet.Attributes;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2.Benchmarks;

/// <summary>A client assertion (<c>private_key_jwt</c>): read with its rules, and its signature verified. The ticket is the store's.</summary>
[MemoryDiagnoser]
public class AssertionBenchmarks
{
    private readonly ServerSettings settings = new(Example.Options());
    private string text = "";
    private ClientAssertion assertion = null!;
    private PublicJwk key = null!;

    [Params("ES256", "RS256", "PS256")]
    public string Algorithm { get; set; } = "";

    [GlobalSetup]
    public void Sign()
    {
        var pair = ProofKey.New(Algorithm);
        text = pair.Sign(
            new()
            {
                ["iss"] = "app",
                ["sub"] = "app",
                ["aud"] = "https://auth.example.com",
                ["jti"] = "4f6a1b1e-2f53-4e0b-9a2e-7c1a2d3e4f50",
                ["iat"] = Example.Now.ToUnixTimeSeconds(),
                ["exp"] = Example.Now.AddMinutes(1).ToUnixTimeSeconds(),
            },
            "client-authentication+jwt"
        );
        assertion = ClientAssertion.Read(text)!;
        if (!PublicJwk.TryRead(JsonElement.Parse(pair.Jwk.ToJsonString()), out key!, out _))
            throw new InvalidOperationException("The key cannot be read.");
    }

    [Benchmark]
    public string? Read() => ClientAssertion.Read(text)!.Problem(Example.Client(), settings, Example.Now);

    [Benchmark]
    public bool Verify() => assertion.Jwt.IsSignedBy(key);
}
