using System.Net;
using HQ.OAuth2.Tests;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>What strangers may do so many times a minute (RFC 6749 §2.3.1, RFC 7591 §5).</summary>
internal sealed class RequestLimitTests
{
    private const string Here = "203.0.113.7";
    private const string Elsewhere = "203.0.113.8";

    private TestApp app = null!;

    [SetUp]
    public async Task StartAsync() =>
        app = await TestApp.StartAsync(o =>
        {
            (o.Limits.RegistrationsPerMinute, o.Limits.FailedAuthenticationsPerMinute) = (5, 3);
            o.UnauthenticatedIntrospection = true;
        });

    [TearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [TestCase("/oauth2/token", "grant_type=client_credentials")]
    [TestCase("/oauth2/revoke", "token=x")]
    [TestCase("/oauth2/introspect", "token=x")]
    [Rfc("6749-2.3.1-4"), Rfc("7009-5-1"), Rfc("7662-4-6")]
    public async Task Guessing_a_secret_is_slow_and_what_is_right_works_elsewhere_and_later(string path, string body)
    {
        for (var i = 0; i < 3; i++)
            (await PostAsync(path, body, "wrong" + i)).ShouldBeError("invalid_client", 401);

        var refused = await PostAsync(path, body, "wrong");
        refused.ShouldBeError("temporarily_unavailable", 429);
        refused.Header("Retry-After").Should().Be("60");
        (await PostAsync(path, body, TestApp.WebSecret)).Status.Should().Be(429, "it cannot be told from a guess");
        (await PostAsync(path, body, TestApp.WebSecret, Elsewhere)).Status.Should().Be(200);
        (await PostAsync(path, body, "wrong", client: "web")).Status.Should().Be(401, "another client is guessed at anew");
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        (await PostAsync(path, body, TestApp.WebSecret)).Status.Should().Be(200);
    }

    [Test, Rfc("6749-2.3.1-4")]
    public async Task All_endpoints_count_together_and_a_secret_that_was_right_still_is()
    {
        (await PostAsync(Token, "grant_type=client_credentials", TestApp.WebSecret)).Status.Should().Be(200);
        foreach (var path in new[] { Token, Revoke, Introspect })
            (await PostAsync(path, "grant_type=client_credentials&token=x", "wrong")).Status.Should().Be(401);

        (await PostAsync(Token, "grant_type=client_credentials", "wrong")).Status.Should().Be(429);
        (await PostAsync(Token, "grant_type=client_credentials", TestApp.WebSecret)).Status.Should().Be(200);
        (await PostAsync(Introspect, "token=x", TestApp.WebSecret)).Status.Should().Be(200);
    }

    [Test]
    public async Task An_IPv6_address_is_the_network_of_its_owner()
    {
        for (var i = 0; i < 3; i++)
            await PostAsync(Token, "grant_type=client_credentials", "wrong", $"2001:470:1:2:{i}::1");

        (await PostAsync(Token, "grant_type=client_credentials", "wrong", "2001:470:1:2:ffff::1")).Status.Should().Be(429);
        (await PostAsync(Token, "grant_type=client_credentials", "wrong", "2001:470:1:3::1")).Status.Should().Be(401);
        (await PostAsync(Token, "grant_type=client_credentials", "wrong", "::ffff:" + Here)).Status.Should().Be(401);
    }

    [Test]
    public async Task Public_clients_and_unknown_ones_are_not_counted()
    {
        for (var i = 0; i < 10; i++)
        {
            (await RawAsync(Token, "grant_type=refresh_token&refresh_token=x&client_id=spa")).ShouldBeError("invalid_grant");
            (await RawAsync(Token, "grant_type=refresh_token&refresh_token=x&client_id=nobody")).ShouldBeError("invalid_client", 401);
        }
    }

    [Test, Rfc("7662-4-6")]
    public async Task Nobody_tries_out_tokens_where_anybody_may_ask()
    {
        var token = (await app.TokensAsync("spa")).AccessToken();
        for (var i = 0; i < 10; i++)
            (await RawAsync(Introspect, "token=" + token)).Body.Should().Contain("\"active\":true");
        for (var i = 0; i < 3; i++)
            (await RawAsync(Introspect, "token=guess" + i)).Body.Should().Be("{\"active\":false}");

        (await RawAsync(Introspect, "token=guess")).ShouldBeError("temporarily_unavailable", 429);
        (await PostAsync(Introspect, "token=guess", TestApp.WebSecret)).Status.Should().Be(200, "who is known may ask");
    }

    [Test, Rfc("7591-3-4")]
    public async Task An_address_registers_only_so_many_clients()
    {
        const string client = """{"redirect_uris":["https://app.example.com/cb"]}""";
        for (var i = 0; i < 5; i++)
            (await RawAsync("/oauth2/register", i == 0 ? "nonsense" : client, Here, "application/json")).Status.Should().BeOneOf(201, 400);

        var refused = await RawAsync("/oauth2/register", client, Here, "application/json");
        refused.ShouldBeError("temporarily_unavailable", 429);
        refused.Header("Access-Control-Allow-Origin").Should().Be("*");
        (await RawAsync("/oauth2/register", client, Elsewhere, "application/json")).Status.Should().Be(201);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        (await RawAsync("/oauth2/register", client, Here, "application/json")).Status.Should().Be(201);
    }

    private Task<Answer> PostAsync(string path, string body, string secret, string address = Here, string client = "machine") =>
        RawAsync(path, body, address, basic: Basic($"{client}:{secret}"));

    private Task<Answer> RawAsync(string path, string body, string address = Here, string type = Form, string? basic = null) =>
        app.RawAsync(http =>
        {
            http.Post(path, body, type);
            http.Connection.RemoteIpAddress = IPAddress.Parse(address);
            if (basic is not null)
                http.Request.Headers.Authorization = basic;
        });
}
