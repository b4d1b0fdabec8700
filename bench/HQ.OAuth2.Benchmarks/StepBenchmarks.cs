using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;

namespace HQ.OAuth2.Benchmarks;

/// <summary>The pure steps of the row, and the row as it is stored.</summary>
[MemoryDiagnoser]
public class StepBenchmarks
{
    private static readonly ResourcePolicy resources = new(Example.Options());
    private static readonly (OAuthAuthorization Row, CodeRedemption Request) issued = Example.Issued();
    private static readonly (OAuthAuthorization Row, RefreshRequest Request) redeemed = Example.Redeemed(resources);
    private static readonly RefreshToken first = RefreshToken.New(issued.Row.Id);
    private static readonly byte[] salt = RandomNumberGenerator.GetBytes(32);
    private static readonly AuthorizationRecord stored = redeemed.Row.ToRecord();

    [Benchmark]
    public object Redeem() => issued.Row.Redeem(issued.Request, first, resources, Example.Lifetimes);

    [Benchmark]
    public object Rotate() => redeemed.Row.Rotate(redeemed.Request, salt, resources, Example.Lifetimes);

    [Benchmark]
    public bool Recognise() => redeemed.Row.Recognise(redeemed.Request.Token) != TurnState.Foreign;

    [Benchmark]
    public object WriteRow() => redeemed.Row.ToRecord();

    [Benchmark]
    public object ReadRow() => OAuthAuthorization.FromRecord(stored);
}
