using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>
/// No secret that any test of this run sent or got is in a log line of any category, an exception, a trace or a metric (RFC 6749 §10.8). NUnit
/// runs the fixtures of a namespace by their names, so this one is the last.
/// </summary>
internal sealed class ZeroSecretsTests
{
    [OneTimeSetUp]
    public void Watch() => SecretWatch.Begin();

    [OneTimeTearDown]
    public void End() => SecretWatch.End();

    [Test, Rfc("6749-10.8-1")]
    public async Task Nothing_that_the_run_logged_threw_traced_or_measured_has_a_secret()
    {
        // Alone it has a little to look at.
        await using var app = await TestApp.StartAsync();
        var tokens = await app.TokensAsync("web");
        await app.RefreshAsync("web", tokens.RefreshToken());
        await app.IntrospectAsync(tokens.AccessToken());
        (await app.RefreshAsync("spa", tokens.RefreshToken())).ShouldBeError("invalid_grant");

        SecretWatch.Found().Should().BeEmpty();
        var (secrets, texts) = SecretWatch.Counts;
        TestContext.Out.WriteLine($"{secrets} secrets, {texts} texts of 20 characters or more");
        secrets.Should().BeGreaterThan(5);
        texts.Should().BeGreaterThan(20);
    }

    [Test]
    public async Task A_host_that_logs_throws_or_measures_a_secret_is_noticed()
    {
        const string planted = "a-secret-that-a-host-of-this-test-writes-into-its-log";
        await using var app = await TestApp.StartAsync(map: a =>
            a.MapGet("/log", () => a.Logger.Log(LogLevel.Trace, default, planted, null, (text, _) => "for " + text))
        );
        await app.GetAsync("/log");
        SecretWatch.Found().Should().NotContain(f => f.StartsWith("the planted one"));

        SecretWatch.Learn("the planted one", planted);
        try
        {
            SecretWatch.Found().Should().ContainSingle(f => f.StartsWith("the planted one in the log of "));
        }
        finally
        {
            SecretWatch.Forget(planted);
        }
    }
}
