using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace HQ.OAuth2.Operations.Tests;

/// <summary>YARP with the configuration of docs/many-nodes.md, in front of two nodes of the sample.</summary>
internal sealed class YarpTests
{
    private readonly List<WebApplicationFactory<Program>> nodes = [];
    private TestDatabase database = null!;

    [SetUp]
    public async Task StartAsync()
    {
        database = await TestDatabase.PostgreSqlAsync();
        for (var i = 0; i < 2; i++)
        {
            var node = new WebApplicationFactory<Program>().WithWebHostBuilder(b =>
                b.UseEnvironment("Production").UseSetting("ConnectionStrings:hq", database.ConnectionString)
            );
            node.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
            node.StartServer();
            nodes.Add(node);
        }
    }

    [TearDown]
    public async Task StopAsync()
    {
        foreach (var node in nodes)
            await node.DisposeAsync();
        nodes.Clear();
        if (database is not null)
            await database.DisposeAsync();
    }

    [Test]
    public async Task Requests_reach_both_nodes_by_the_public_name_and_their_health_is_seen()
    {
        await using var proxy = await ProxyAsync(configuration => configuration);
        for (var i = 0; i < 4; i++)
            (await StatusAsync(proxy, "https://auth.example.com/.well-known/oauth-authorization-server")).Should().Be(HttpStatusCode.OK);
        (await StatusAsync(proxy, "https://other.example.com/.well-known/oauth-authorization-server")).Should().Be(HttpStatusCode.NotFound);

        var cluster = proxy.Services.GetRequiredService<IProxyStateLookup>().TryGetCluster("auth", out var found) ? found : null;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (cluster!.Destinations.Values.Any(d => d.Health.Active != DestinationHealth.Healthy))
            await Task.Delay(20, patience.Token);
    }

    [Test]
    public async Task What_the_caller_says_of_itself_is_replaced()
    {
        await using var proxy = await ProxyAsync(configuration => configuration);
        var cookie = (await SendAsync(proxy, "https://auth.example.com/login")).Headers.GetValues("Set-Cookie").Single();
        cookie.Should().Contain("; secure");
        // Plain http at the proxy: the node knows, whatever the caller says.
        cookie = (await SendAsync(proxy, "http://auth.example.com/login", ("X-Forwarded-Proto", "https")))
            .Headers.GetValues("Set-Cookie")
            .Single();
        cookie.Should().NotContain("; secure");
    }

    [Test]
    public async Task Without_the_public_name_a_node_refuses()
    {
        await using var proxy = await ProxyAsync(configuration =>
            configuration
                .Replace("\"RequestHeaderOriginalHost\": \"true\"", "\"RequestHeaderOriginalHost\": \"false\"", StringComparison.Ordinal)
                .Replace(", \"Host\": \"auth.example.com\"", "", StringComparison.Ordinal)
        );
        (await StatusAsync(proxy, "https://auth.example.com/oauth2/jwks")).Should().Be(HttpStatusCode.BadRequest);
    }

    private async Task<WebApplication> ProxyAsync(Func<string, string> change)
    {
        var page = GuideYamlTests.Blocks("json").Single(b => b.Page.EndsWith("many-nodes.md", StringComparison.Ordinal)).Text;
        var configuration = JsonNode.Parse(change(page))!;
        var destinations = configuration["ReverseProxy"]!["Clusters"]!["auth"]!["Destinations"]!;
        for (var i = 0; i < nodes.Count; i++)
            destinations[$"node-{i + 1}"]!["Address"] = nodes[i].ClientOptions.BaseAddress.ToString();

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseTestServer();
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(configuration.ToJsonString())));
        builder.Services.AddRouting().AddLogging();
        builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
        var proxy = builder.Build();
        // The test server has no address of its callers.
        proxy.Use(
            (http, next) =>
            {
                http.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.7");
                return next(http);
            }
        );
        proxy.UseRouting();
        proxy.MapReverseProxy();
        await proxy.StartAsync();
        return proxy;
    }

    private static async Task<HttpStatusCode> StatusAsync(WebApplication proxy, string url) => (await SendAsync(proxy, url)).StatusCode;

    private static async Task<HttpResponseMessage> SendAsync(WebApplication proxy, string url, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient(proxy.GetTestServer().CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return await http.SendAsync(request);
    }
}
