using System.Diagnostics;
using System.Text;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2.Interop.Tests;

/// <summary>Clients of the Node.js world against samples/McpServer: each script in tests/interop-node ends with an error or not at all.</summary>
internal sealed class NodeTests
{
    private const string Document = "https://node.example.com/oauth/client.json";
    private const string Secret = "secret-of-the-api-itself";

    // The key of a service, as a JWK: the server gets the public half.
    private readonly ProofKey key = ProofKey.New(kid: "one");
    private McpServerHost server = null!;

    [OneTimeSetUp]
    public void Start()
    {
        server = new(
            ("clients:0:clientId", "api"),
            ("clients:0:secretHash", ClientSecrets.Keep(Secret, 4).Hash),
            ("clients:0:tokenEndpointAuthMethod", "client_secret_post"),
            ("clients:0:grantTypes:0", "client_credentials"),
            ("clients:0:scopes:0", "read"),
            ("clients:1:clientId", "signer"),
            ("clients:1:jwks", ProofKey.Set(key)),
            ("clients:1:grantTypes:0", "client_credentials"),
            ("clients:1:scopes:0", "read"),
            ("deviceAuthorization", "true"),
            ("selfRegisteredDevices", "true")
        );
        // Other people's code has a clock of its own.
        server.Clock.Now = TimeProvider.System.GetUtcNow();
        server.Documents.Publish(
            Document,
            $$"""
            {"client_id":"{{Document}}","client_name":"A document","redirect_uris":["http://localhost/callback"],
             "grant_types":["authorization_code","refresh_token"],"token_endpoint_auth_method":"none"}
            """
        );
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await server.DisposeAsync();

    [TestCase("typescript-sdk-1.mjs")]
    [TestCase("typescript-client-2.mjs")]
    [TestCase("openid-client.mjs")]
    [TestCase("oauth4webapi.mjs")]
    [TestCase("typescript-keys.mjs")]
    public async Task It_works_at_the_first_try(string script)
    {
        using var node = Node([script]);

        await EndsWellAsync(node);
    }

    [TestCase("dpop.mjs", false)]
    [TestCase("dpop.mjs", true)]
    [TestCase("strict.mjs", false)]
    [TestCase("strict.mjs", true)]
    public async Task Its_tokens_are_bound_to_keys(string script, bool demandsNonce)
    {
        await using var strict = new McpServerHost(
            ("requireDpopNonce", $"{demandsNonce}"),
            ("requirePushedAuthorizationRequests", $"{script == "strict.mjs"}")
        );
        strict.Clock.Now = TimeProvider.System.GetUtcNow();
        using var node = Node([script], ("ISSUER", strict.Issuer), ("DEMANDS_NONCE", demandsNonce ? "true" : ""));

        await EndsWellAsync(node);
    }

    [Test]
    public async Task The_official_conformance_suite_passes()
    {
        // Its browser is a person: it prints where to go, and listens for the answer.
        var port = FreePort.Next();
        using var http = new HttpClient { BaseAddress = new Uri(server.Issuer) };
        var clientId = await server.RegisterAsync($"http://127.0.0.1:{port}/callback");
        using var suite = Node([
            "node_modules/@modelcontextprotocol/conformance/dist/index.js",
            "authorization",
            "--url",
            server.Issuer,
            "--client-id",
            clientId,
            "--resource",
            server.Mcp,
            "--port",
            $"{port}",
        ]);
        using var alice = new Person("alice", $"http://127.0.0.1:{port}/callback");
        var output = await EndsWellAsync(
            suite,
            async line =>
            {
                if (line.StartsWith(server.Issuer + "/oauth2/authorize?", StringComparison.Ordinal))
                    using (await http.GetAsync(await alice.AuthorizeAsync(new Uri(line.Trim()), default))) { }
            }
        );

        alice.Visits.Should().ContainSingle();
        output.Should().Contain("authorization-server-metadata").And.Contain("authorization-code-grant");
        output.Should().NotContain("FAILURE").And.NotContain("SKIPPED");
    }

    [Test]
    public async Task The_shipped_mcp_remote_registers_signs_in_and_lists_the_tools()
    {
        var kept = Directory.CreateTempSubdirectory("hq-mcp-remote").FullName;
        using var remote = Node(["node_modules/mcp-remote/dist/client.js", server.Mcp, "--allow-http"], ("MCP_REMOTE_CONFIG_DIR", kept));
        using var http = new HttpClient();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(patience.Token);
        var output = new StringBuilder();
        Uri? request = null;
        try
        {
            await Task.WhenAll(ReadAsync(remote.StandardError), ReadAsync(remote.StandardOutput));
        }
        catch (OperationCanceledException) when (!patience.IsCancellationRequested)
        {
            // It goes on until it is stopped, and everything was seen.
        }
        finally
        {
            remote.Kill(entireProcessTree: true);
            await remote.WaitForExitAsync();
            Directory.Delete(kept, recursive: true);
        }

        output.ToString().Should().Contain("Connected successfully").And.Contain("list_notes").And.Contain("delete_notes");

        // A person needs longer to read the page than it needs to listen for the answer.
        async Task ReadAsync(StreamReader lines)
        {
            while (await lines.ReadLineAsync(enough.Token) is { } line)
            {
                lock (output)
                    output.AppendLine(line);
                if (line.Contains("delete_notes", StringComparison.Ordinal))
                    await enough.CancelAsync();
                if (line.StartsWith(server.Issuer + "/oauth2/authorize?", StringComparison.Ordinal))
                    request = new Uri(line);
                if (line.EndsWith("Waiting for authorization...", StringComparison.Ordinal))
                    await AnswerAsync(request!);
            }
        }

        async Task AnswerAsync(Uri to)
        {
            using var alice = new Person("alice", System.Web.HttpUtility.ParseQueryString(to.Query)["redirect_uri"]!);
            using (await http.GetAsync(await alice.AuthorizeAsync(to, patience.Token), patience.Token)) { }
        }
    }

    private Process Node(string[] arguments, params (string Name, string Value)[] environment)
    {
        if (Environment.GetEnvironmentVariable("HQ_TEST_NODE") is not { Length: > 0 } node)
        {
            Assert.Ignore("HQ_TEST_NODE is not set: ./test.sh sets it, or run HQ_TEST_NODE=$(tests/node.sh)");
            throw new NotSupportedException();
        }

        var start = new ProcessStartInfo(node, arguments)
        {
            WorkingDirectory = Scripts(),
            // Some end when their input does.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (start.Environment["ISSUER"], start.Environment["DOCUMENT"]) = (server.Issuer, Document);
        (start.Environment["API_SECRET"], start.Environment["API_KEY"]) = (Secret, key.PrivateJwk().ToJsonString());
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static async Task<string> EndsWellAsync(Process process, Func<string, Task>? onLine = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        var output = new StringBuilder();
        try
        {
            while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                output.AppendLine(line);
                if (onLine is not null)
                    await onLine(line);
            }

            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"It did not end in time: {output}");
        }

        process.ExitCode.Should().Be(0, $"{output} {await errors}");
        return output.ToString();
    }

    // Upwards from the program, since a reproducible build does not know where its sources are.
    private static string Scripts()
    {
        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            var scripts = Path.Combine(above.FullName, "tests", "interop-node");
            if (Directory.Exists(scripts))
                return scripts;
        }

        throw new InvalidOperationException("tests/interop-node is not above the test program.");
    }
}
