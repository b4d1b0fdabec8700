using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Authentication;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace HQ.OAuth2.Interop.Tests;

/// <summary>The official C# MCP SDK as the client, on a real port, against samples/McpServer as it is.</summary>
internal sealed class McpSdkTests
{
    private McpServerHost server = null!;
    private Person alice = null!;
    private TokenCache tokens = null!;

    [SetUp]
    public void Start() => (server, alice, tokens) = (new(), new("alice"), new());

    [TearDown]
    public async Task StopAsync()
    {
        alice.Dispose();
        await server.DisposeAsync();
    }

    [Test]
    [Rfc("8414-3-1"), Rfc("7591-3.2.1-1"), Rfc("9207-2-1"), Rfc("MCP-A.8-1"), Rfc("MCP-A.3-1")]
    public async Task It_discovers_registers_signs_in_calls_a_tool_and_refreshes()
    {
        await using var client = await ConnectAsync(o => o.DynamicClientRegistration = new() { ClientName = "MCP SDK" });

        (await CallAsync(client, "list_notes")).Should().Be("[]");
        var request = System.Web.HttpUtility.ParseQueryString(new Uri(alice.Visits.Should().ContainSingle().Subject).Query);
        (request["scope"], request["resource"]).Should().Be(("read", server.Mcp));
        alice.Consent.Should().Contain("MCP SDK").And.Contain("registered itself").And.Contain("localhost:1179");
        tokens.Stored.Should().ContainSingle().Which.ClientId.Should().StartWith("hqc_");

        // The access token is over: the client comes back with its refresh token, not with its user.
        server.Clock.Advance(TimeSpan.FromMinutes(16));
        await CallAsync(client, "list_notes");
        alice.Visits.Should().HaveCount(1);
        tokens.Stored.Should().HaveCount(2);
        tokens.Stored[1].RefreshToken.Should().NotBeNullOrEmpty().And.NotBe(tokens.Stored[0].RefreshToken);
    }

    [Test]
    [Rfc("CIMD-4-1"), Rfc("CIMD-5-1"), Rfc("CIMD-6.4-1")]
    public async Task It_comes_with_a_metadata_document_and_registers_nowhere()
    {
        const string document = "https://sdk.example.com/client.json";
        server.Documents.Publish(
            document,
            $$"""
            {"client_id":"{{document}}","client_name":"Documented","redirect_uris":["{{Person.Callback}}"],
             "grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none"}
            """
        );
        await using var client = await ConnectAsync(o =>
        {
            o.ClientMetadataDocumentUri = new Uri(document);
            o.DynamicClientRegistration = new() { ClientName = "not used" };
        });

        (await CallAsync(client, "list_notes")).Should().Be("[]");
        alice.Consent.Should().Contain("Documented").And.Contain("<strong>sdk.example.com</strong>");
        tokens.Stored.Should().ContainSingle().Which.ClientId.Should().Be(document);
        server.Clock.Advance(TimeSpan.FromMinutes(16));
        await CallAsync(client, "list_notes");
        (alice.Visits.Count, server.Documents.Fetches).Should().Be((1, 1));
        await using var scope = server.Services.CreateAsyncScope();
        (await scope.ServiceProvider.GetRequiredService<IClientStore>().FindAsync(document, default))!
            .Provenance.Should()
            .Be(ClientProvenance.Cimd, "alice has approved it");
    }

    [Test]
    public async Task A_public_client_that_the_host_knows_needs_no_registration()
    {
        await using var own = new McpServerHost(
            ("dcr", "false"),
            ("clientIdMetadataDocuments", "false"),
            ("clients:0:clientId", "desktop"),
            ("clients:0:clientName", "Our desktop app"),
            ("clients:0:redirectUris:0", Person.Callback)
        );
        await using var client = await ConnectAsync(o => o.ClientId = "desktop", own);

        (await CallAsync(client, "list_notes")).Should().Be("[]");
        alice.Consent.Should().Contain("Our desktop app");
        own.Clock.Advance(TimeSpan.FromMinutes(16));
        await CallAsync(client, "list_notes");
        alice.Visits.Should().HaveCount(1);
    }

    [Test]
    [Rfc("6750-3.1-2"), Rfc("MCP-A.11.1.1-1")]
    public async Task A_tool_that_needs_more_asks_the_user_for_more()
    {
        await using var client = await ConnectAsync(o => o.DynamicClientRegistration = new() { ClientName = "MCP SDK" });
        await CallAsync(client, "list_notes");

        await CallAsync(client, "add_note", new() { ["text"] = "buy milk" });
        alice.Visits.Should().HaveCount(2);
        alice.Visits[1].Should().MatchRegex("scope=read(\\+|%20)write");
        alice.Consent.Should().Contain("Add notes");
        (await CallAsync(client, "list_notes")).Should().Contain("buy milk");

        await CallAsync(client, "delete_notes");
        alice.Visits.Should().HaveCount(3);
        alice.Consent.Should().Contain("Delete all your notes");
        (await CallAsync(client, "list_notes")).Should().Be("[]");
        alice.Visits.Should().HaveCount(3, "the token has all of it now");
    }

    [Test]
    public async Task An_authorization_that_was_revoked_is_asked_for_again()
    {
        await using var client = await ConnectAsync(o => o.DynamicClientRegistration = new() { ClientName = "MCP SDK" });
        await CallAsync(client, "list_notes");
        await using (var scope = server.Services.CreateAsyncScope())
            (await scope.ServiceProvider.GetRequiredService<ConnectedApps>().RevokeForSubjectAsync("alice", default)).Should().Be(1);

        (await CallAsync(client, "list_notes")).Should().Be("[]");
        alice.Visits.Should().HaveCount(2);
    }

    [Test]
    public async Task It_registers_with_the_token_that_a_host_demands()
    {
        await using var closed = new McpServerHost(
            ("initialAccessTokens:0", "let-the-sdk-register"),
            ("clientIdMetadataDocuments", "false")
        );
        await using var client = await ConnectAsync(
            o => o.DynamicClientRegistration = new() { ClientName = "MCP SDK", InitialAccessToken = "let-the-sdk-register" },
            closed
        );
        (await CallAsync(client, "list_notes")).Should().Be("[]");

        var without = () => ConnectAsync(o => o.DynamicClientRegistration = new() { ClientName = "MCP SDK" }, closed);
        await without.Should().ThrowAsync<Exception>();
    }

    private Task<McpClient> ConnectAsync(Action<ClientOAuthOptions> configure, McpServerHost? to = null)
    {
        var oauth = new ClientOAuthOptions
        {
            RedirectUri = new Uri(Person.Callback),
            AuthorizationCallbackHandler = alice.AuthorizeAsync,
            TokenCache = tokens = new(),
        };
        configure(oauth);
        return McpClient.CreateAsync(new HttpClientTransport(new() { Endpoint = new Uri((to ?? server).Mcp), OAuth = oauth }));
    }

    private static async Task<string> CallAsync(McpClient client, string tool, Dictionary<string, object?>? arguments = null)
    {
        var result = await client.CallToolAsync(tool, arguments);
        (result.IsError ?? false).Should().BeFalse();
        return string.Concat(result.Content.OfType<TextContentBlock>().Select(t => t.Text));
    }

    private sealed class TokenCache : ITokenCache
    {
        public List<TokenContainer> Stored { get; } = [];

        public ValueTask StoreTokensAsync(TokenContainer tokens, CancellationToken cancellationToken)
        {
            Stored.Add(tokens);
            return default;
        }

        public ValueTask<TokenContainer?> GetTokensAsync(CancellationToken cancellationToken) => new(Stored.LastOrDefault());
    }
}
