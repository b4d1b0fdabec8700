using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Scope at endpoints, in policies and for the tools of an MCP endpoint (RFC 6750 §3.1, MCP 2026-07-28).</summary>
internal sealed class ScopeDemandTests
{
    private TestApp app = null!;
    private string reading = "";
    private string writing = "";

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        app = await TestApp.StartAsync(
            o => o.Scopes.Add(new() { Name = "offline_access" }),
            host: builder =>
            {
                builder.Services.AddAuthorizationBuilder().AddPolicy("reader", p => p.RequireScope("read"));
                builder
                    .Services.AddAuthentication()
                    .AddHqOAuth2Bearer(
                        "ranked",
                        o =>
                        {
                            o.Includes["delete"] = ScopeSet.Of("write");
                            o.Includes["write"] = ScopeSet.Of("read");
                            // A cycle of included scopes must not loop for ever.
                            o.Includes["read"] = ScopeSet.Of("read");
                        }
                    );
            },
            map: web =>
            {
                web.MapGet("/policy", () => "read").RequireAuthorization("reader");
                web.MapGet("/both", () => "both").RequireAuthorization("reader").RequireScope("write");
                web.MapGet("/offline", () => "").RequireScope("write", "offline_access");
                web.MapGet("/ranked", (HttpContext http) => http.User.FindFirst("scope")!.Value)
                    .RequireScope("ranked", ScopeSet.Of("read"));
                web.MapPost(
                        "/mcp",
                        async http => await http.Response.WriteAsync("ran " + await new StreamReader(http.Request.Body).ReadToEndAsync())
                    )
                    .RequireScope("read")
                    .RequireToolScope("add", "write")
                    .RequireToolScope("wipe", "write", "delete");
            }
        );
        reading = (await app.TokensAsync("spa", ("scope", "read"))).AccessToken();
        writing = (await app.TokensAsync("spa", ("scope", "read write"))).AccessToken();
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test, Rfc("MCP-A.6-1"), Rfc("6750-3.1-2")]
    public async Task A_policy_demands_scope_and_its_challenge_says_so()
    {
        (await app.GetAsync("/policy", reading)).Body.Should().Be("read");
        (await app.GetAsync("/policy")).Header("WWW-Authenticate").Should().Contain("scope=\"read\"");
    }

    [Test, Rfc("MCP-A.11.1.1-1")]
    public async Task A_refusal_names_all_that_is_needed_and_where_to_begin()
    {
        var refused = await app.GetAsync("/both", reading);

        refused.Status.Should().Be(403);
        refused
            .Header("WWW-Authenticate")
            .Should()
            .Contain("error=\"insufficient_scope\"")
            .And.Contain("scope=\"read write\"")
            .And.Contain("resource_metadata=\"https://auth.example.com/.well-known/oauth-protected-resource\"");
        (await app.GetAsync("/both", writing)).Body.Should().Be("both");
    }

    [Test, Rfc("MCP-A.10-1")]
    public async Task A_resource_never_asks_for_offline_access_and_the_server_lists_it()
    {
        (await app.GetAsync("/offline", reading)).Header("WWW-Authenticate").Should().Contain("scope=\"write\"");
        (await app.GetAsync("/.well-known/oauth-protected-resource")).Body.Should().NotContain("offline_access");
        (await app.GetAsync("/.well-known/oauth-authorization-server")).Body.Should().Contain("offline_access");
    }

    [TestCase("read", "read")]
    [TestCase("write", "write read")]
    [TestCase("delete", "delete write read")]
    [Rfc("MCP-A.11.1.2-1")]
    public async Task A_scope_may_include_others(string scope, string all)
    {
        var token = (await app.TokensAsync("spa", ("scope", scope))).AccessToken();

        var answer = await app.GetAsync("/ranked", token);

        answer.Status.Should().Be(200);
        answer.Body.Should().Be(all);
        (await app.GetAsync("/policy", token)).Status.Should().Be(scope == "read" ? 200 : 403, "other schemes have no such order");
    }

    [Test, Rfc("6750-3.1-2"), Rfc("MCP-A.11.1.1-1")]
    public async Task A_tool_needs_its_scope_besides_that_of_the_endpoint()
    {
        (await CallAsync("echo", reading)).Status.Should().Be(200);
        (await CallAsync("add", writing)).Body.Should().Be("ran " + Call("add"), "the body is still there");
        var refused = await CallAsync("add", reading);
        refused.Status.Should().Be(403);
        refused
            .Header("WWW-Authenticate")
            .Should()
            .Contain("insufficient_scope")
            .And.Contain("scope=\"read write\"")
            .And.Contain("resource_metadata");
        (await CallAsync("wipe", writing)).Header("WWW-Authenticate").Should().Contain("scope=\"read write delete\"");
        (await app.RawAsync("/mcp", Call("add"))).Status.Should().Be(401);
    }

    [TestCase("""{"method":"tools/call","params":{"Name":"add"}}""", TestName = "a member in another case")]
    [TestCase("""{"METHOD":"tools/call","Params":{"name":"add"}}""", TestName = "members in another case")]
    [TestCase("""{"method":"tools/call","params":{"name":"echo","NAME":"add"}}""", TestName = "two names that differ in case")]
    [TestCase("""{"method":"tools/call","params":{"name":"echo","name":"add"}}""", TestName = "a name twice")]
    [TestCase("""{"method":"ping","method":"tools/call","params":{"name":"add"}}""", TestName = "a method twice")]
    [TestCase("""{"method":"tools\u002fcall","params":{"name":"\u0061dd"}}""", TestName = "escapes")]
    [TestCase("""[{"method":"ping"},{"method":"tools/call","params":{"name":"add"}}]""", TestName = "a batch")]
    [TestCase("""[[{"method":"tools/call","params":{"name":"add"}}]]""", TestName = "a batch in a batch")]
    [TestCase("""{"method":"tools/call","params":{"name":"add"}} trailing""", TestName = "what follows")]
    [TestCase("""{"method":"ping" """, TestName = "half a message")]
    [TestCase("", TestName = "nothing")]
    public async Task A_body_that_two_parsers_may_read_differently_is_refused(string body) =>
        (await SendAsync(body, reading)).Status.Should().Be(403);

    [TestCase("""{"method":"tools/list"}""")]
    [TestCase("""{"method":"tools/call","params":{"name":"Add"}}""")]
    [TestCase("""{"method":"resources/read","params":{"name":"add"}}""")]
    [TestCase("""{"result":{"name":"add"}}""")]
    [TestCase("""{"method":"tools/call","params":7}""")]
    [TestCase("7")]
    public async Task A_message_that_calls_no_such_tool_is_let_through(string body) =>
        (await SendAsync(body, reading)).Body.Should().Be("ran " + body);

    [Test]
    public void A_tool_without_a_scope_is_a_mistake()
    {
        var web = WebApplication.CreateBuilder().Build();

        web.Invoking(w => w.MapPost("/mcp", _ => Task.CompletedTask).RequireToolScope("add")).Should().Throw<ArgumentException>();
    }

    private static string Call(string tool) => $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{tool}}}"}}""";

    private Task<Answer> CallAsync(string tool, string token) => SendAsync(Call(tool), token);

    private Task<Answer> SendAsync(string body, string token) =>
        app.RawAsync("/mcp", System.Text.Encoding.UTF8.GetBytes(body), "application/json", "Bearer " + token);
}
