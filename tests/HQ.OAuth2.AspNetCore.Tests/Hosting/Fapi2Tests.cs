using System.Text.Json.Nodes;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The profile fapi2 over HTTP: pushed requests, clients and tokens with keys, and nothing else.</summary>
internal sealed class Fapi2Tests
{
    private const string Par = "/oauth2/par";

    private static readonly ProofKey client = ProofKey.New("PS256", "client");
    private static readonly ProofKey old = ProofKey.New("RS256", "old");
    private static readonly ProofKey proof = ProofKey.New();

    private readonly Told told = new();
    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() =>
        app = await TestApp.StartAsync(
            o =>
            {
                o.Profile = SecurityProfile.Fapi2;
                o.Clients.Clear();
                o.Clients.Add(SigningClients.Options("bank", client, old));
            },
            parts: server => server.Services.AddSingleton<IOAuthEvents>(told)
        );

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    public async Task The_metadata_says_what_is_demanded()
    {
        var metadata = (await app.GetAsync("/.well-known/oauth-authorization-server")).Json;

        metadata.GetProperty("require_pushed_authorization_requests").GetBoolean().Should().BeTrue();
        Texts("token_endpoint_auth_methods_supported").Should().Equal("private_key_jwt");
        Texts("introspection_endpoint_auth_methods_supported").Should().Equal("private_key_jwt");
        Texts("token_endpoint_auth_signing_alg_values_supported").Should().Equal("ES256", "PS256");
        Texts("dpop_signing_alg_values_supported").Should().Equal("ES256", "PS256");
        metadata.GetProperty("authorization_response_iss_parameter_supported").GetBoolean().Should().BeTrue();

        IEnumerable<string?> Texts(string member) => metadata.GetProperty(member).EnumerateArray().Select(t => t.GetString());
    }

    [Test, Rfc("9449-10.1-1"), Rfc("9126-2-5")]
    public async Task The_whole_flow_works_and_refreshing_keeps_the_token()
    {
        var tokens = await TokensAsync("flow");
        tokens.Text("token_type").Should().Be("DPoP");

        (await app.CallAsync(proof, tokens.AccessToken())).Status.Should().Be(200);
        (await app.GetAsync("/api/read", tokens.AccessToken())).Status.Should().Be(401, "without its key the token is of no use");

        var first = await RefreshAsync(tokens.RefreshToken());
        first.Status.Should().Be(200, first.Body);
        first.RefreshToken().Should().Be(tokens.RefreshToken());
        app.Clock.Advance(TimeSpan.FromDays(1));
        (await RefreshAsync(tokens.RefreshToken())).RefreshToken().Should().Be(tokens.RefreshToken());
    }

    [Test]
    public async Task Three_hundred_refreshes_at_once_all_succeed()
    {
        var tokens = await TokensAsync("crowd");

        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => RefreshAsync(tokens.RefreshToken())));

        answers.Should().OnlyContain(a => a.Status == 200);
        told.Retried.Should().BeEmpty("a token that is not replaced is not retried");
    }

    [Test, Rfc("9449-10.1-1")]
    public async Task A_code_is_bound_to_the_key_of_the_push()
    {
        var code = await CodeAsync("bound");
        var thief = ProofKey.New();

        (await RedeemAsync(code, thief)).ShouldRefuse(400, "invalid_grant");

        (await RedeemAsync(code, proof)).Status.Should().Be(200, "a refusal spends nothing");
    }

    [Test, Rfc("9449-10.1-1")]
    public async Task A_proof_and_dpop_jkt_of_a_push_name_one_key()
    {
        (await PushAsync(proof, client.Signed("bank", app.Clock.Now), ("dpop_jkt", ProofKey.New().Thumbprint()))).ShouldRefuse(
            400,
            "invalid_dpop_proof"
        );
        (await PushAsync(proof, client.Signed("bank", app.Clock.Now), ("dpop_jkt", proof.Thumbprint()))).Status.Should().Be(201);
        var elsewhere = proof.Proof("POST", DpopApp.TokenUrl, app.Clock.Now);
        (await SendAsync(Par, [elsewhere], [.. PushSupport.Request("bank"), .. client.Signed("bank", app.Clock.Now)])).ShouldRefuse(
            400,
            "invalid_dpop_proof"
        );
    }

    [Test]
    public async Task A_request_that_is_not_pushed_is_refused()
    {
        var answer = await app.NewBrowser("direct").GetAsync(TestApp.AuthorizeUrl("bank"));

        answer.ShouldBeErrorRedirect("invalid_request");
        answer.LocationParameter("iss").Should().Be(TestApp.Issuer);
    }

    [Test]
    public async Task A_push_names_the_redirect_uri() =>
        (await PushAsync(proof, client.Signed("bank", app.Clock.Now), ("redirect_uri", null))).ShouldRefuse(400, "invalid_request");

    [Test]
    public async Task No_client_is_exempt_from_PKCE()
    {
        var registered = await app.RegisterAsync(
            new
            {
                redirect_uris = new[] { TestApp.RedirectUri },
                token_endpoint_auth_method = "private_key_jwt",
                jwks = JsonNode.Parse(ProofKey.Set(client)),
            }
        );
        var store = (IClientRegistry)app.Services.GetRequiredService<IClientStore>();
        var found = (await store.FindAsync(registered.Text("client_id")!, default))!;
        var exempt = found with { ClientId = "exempt", Provenance = ClientProvenance.Api, RequirePkce = false, Scope = null };
        (await store.TryAddAsync(exempt, default)).Should().BeTrue();

        var request = PushSupport.Request("exempt", ("code_challenge", null), ("code_challenge_method", null));
        (await SendAsync(Par, [], [.. request, .. client.Signed("exempt", app.Clock.Now)])).ShouldRefuse(400, "invalid_request");
        (await SendAsync(Par, [], [.. PushSupport.Request("exempt"), .. client.Signed("exempt", app.Clock.Now)])).Status.Should().Be(201);
    }

    [Test]
    public async Task An_API_in_the_process_accepts_proofs_by_the_algorithms_of_the_profile()
    {
        var token = (await TokensAsync("api")).AccessToken();

        var refused = await app.CallAsync(ProofKey.New("RS256"), token);

        refused.Status.Should().Be(401);
        refused.Header("WWW-Authenticate").Should().Contain("signed by ES256, PS256").And.Contain("algs=\"ES256 PS256\"");
        (await app.GetAsync("/api/read")).Header("WWW-Authenticate").Should().Contain("DPoP algs=\"ES256 PS256\"");
    }

    [Test]
    public async Task A_token_request_without_a_proof_is_refused_and_spends_nothing()
    {
        var code = await CodeAsync("unproved");

        (await app.PostAsync(Token, CodeForm(code))).ShouldRefuse(400, "invalid_dpop_proof");
        (await app.PostAsync(Token, [ClientCredentials, .. client.Signed("bank", app.Clock.Now)])).ShouldRefuse(400, "invalid_dpop_proof");

        (await RedeemAsync(code, proof)).Status.Should().Be(200);
    }

    [Test]
    public async Task Algorithms_and_audiences_are_those_of_the_profile()
    {
        (await PushAsync(proof, old.Signed("bank", app.Clock.Now))).ShouldBeError("invalid_client", 401);
        var claims = SigningClients.Claims("bank", app.Clock.Now);
        claims["aud"] = new JsonArray(TestApp.Issuer);
        (await PushAsync(proof, SigningClients.Parameters(client.Sign(claims)))).ShouldBeError("invalid_client", 401);
        var code = await CodeAsync("algorithms");
        (await RedeemAsync(code, ProofKey.New("RS256"))).ShouldRefuse(400, "invalid_dpop_proof");
    }

    [TestCase("none")]
    [TestCase("client_secret_basic")]
    [TestCase("client_secret_post")]
    [TestCase(null)]
    public async Task A_client_without_keys_cannot_register(string? method)
    {
        var answer = await app.RegisterAsync(
            new
            {
                redirect_uris = new[] { TestApp.RedirectUri },
                token_endpoint_auth_method = method,
                client_name = "Weak",
            }
        );

        answer.ShouldBeError("invalid_client_metadata");
    }

    [Test]
    public async Task A_client_with_keys_registers_and_pushes()
    {
        var answer = await app.RegisterAsync(
            new
            {
                redirect_uris = new[] { TestApp.RedirectUri },
                token_endpoint_auth_method = "private_key_jwt",
                jwks = JsonNode.Parse(ProofKey.Set(client)),
            }
        );
        answer.Status.Should().Be(201, answer.Body);

        var id = answer.Text("client_id")!;
        (await SendAsync(Par, [], [.. PushSupport.Request(id), .. client.Signed(id, app.Clock.Now)])).Status.Should().Be(201);
    }

    private async Task<Answer> TokensAsync(string user)
    {
        var tokens = await RedeemAsync(await CodeAsync(user), proof);
        tokens.Status.Should().Be(200, tokens.Body);
        return tokens;
    }

    private async Task<string> CodeAsync(string user)
    {
        var pushed = await PushAsync(proof, client.Signed("bank", app.Clock.Now));
        pushed.Status.Should().Be(201, pushed.Body);
        var browser = app.NewBrowser(user);
        var answer = await browser.ApproveAsync((await browser.GetAsync(pushed.AuthorizeUrl("bank"))).Location!);
        return answer.LocationParameter("code")!;
    }

    private Task<Answer> PushAsync(
        ProofKey key,
        (string Name, string Value)[] credentials,
        params (string Name, string? Value)[] changes
    ) =>
        SendAsync(
            Par,
            [key.Proof("POST", TestApp.Issuer + Par, app.Clock.Now)],
            [
                .. PushSupport.Request("bank", [.. changes.Where(c => c.Name != "dpop_jkt")]),
                .. changes.Where(c => c.Name == "dpop_jkt").Select(c => (c.Name, c.Value!)),
                .. credentials,
            ]
        );

    private Task<Answer> RedeemAsync(string code, ProofKey key) => app.TokenAsync([app.TokenProof(key)], CodeForm(code));

    private Task<Answer> RefreshAsync(string token) =>
        app.TokenAsync(
            [app.TokenProof(proof)],
            [("grant_type", "refresh_token"), ("refresh_token", token), .. client.Signed("bank", app.Clock.Now)]
        );

    private (string Name, string Value)[] CodeForm(string code) =>
        [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", TestApp.RedirectUri),
            ("code_verifier", TestApp.Verifier),
            .. client.Signed("bank", app.Clock.Now),
        ];

    private Task<Answer> SendAsync(string path, string[] proofs, (string Name, string Value)[] form)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(form.Select(p => KeyValuePair.Create(p.Name, p.Value))),
        };
        foreach (var one in proofs)
            request.Headers.TryAddWithoutValidation("DPoP", one).Should().BeTrue();
        return app.SendAsync(request);
    }

    private sealed class Told : IOAuthEvents
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<OAuthEvent> all = [];

        public IEnumerable<OAuthEvent> Retried => all.OfType<OAuthEvent.RefreshTokenRetried>();

        public ValueTask OnAsync(OAuthEvent happened)
        {
            all.Enqueue(happened);
            return default;
        }
    }
}
