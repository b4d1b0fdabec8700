using System.Text.Json;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.DpopApp;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>DPoP at the token endpoint (RFC 9449 §5, §6, §10).</summary>
internal sealed class DpopTokenTests
{
    private static readonly ProofKey key = ProofKey.New();
    private TestApp app = null!;

    [SetUp]
    public async Task StartAsync() =>
        app = await TestApp.StartAsync(o =>
        {
            DeviceSupport.Options(o);
            var bound = TestApp.Client("bound", TestApp.WebSecret, null, [TestApp.RedirectUri], ["client_credentials"]);
            bound.DpopBoundAccessTokens = true;
            o.Clients.Add(bound);
            o.Resources.Add(new() { Identifier = TestApp.Issuer + "/strict", RequireDpop = true });
            o.Resources.Add(new() { Identifier = TestApp.Issuer + "/opaque", AccessTokenFormat = AccessTokenFormat.Opaque });
        });

    [TearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test, Rfc("9449-5-2"), Rfc("9449-6.1-1"), Rfc("9449-6.2-1"), Rfc("6749-5.1-2")]
    public async Task A_proof_binds_the_access_token_to_its_key()
    {
        var tokens = await app.BoundTokensAsync(key);

        tokens.Text("token_type").Should().Be("DPoP");
        BackChannel.JwtPart(tokens.AccessToken(), 1).GetProperty("cnf").GetRawText().Should().Be($$"""{"jkt":"{{key.Thumbprint()}}"}""");
        // The caller of the introspection proves no key.
        var answer = await app.IntrospectAsync(tokens.AccessToken());
        (answer.Text("active"), answer.Text("token_type"), answer.Json.GetProperty("cnf").GetRawText())
            .Should()
            .Be(("True", "DPoP", $$"""{"jkt":"{{key.Thumbprint()}}"}"""));
    }

    [Test, Rfc("9449-6.2-1")]
    public async Task An_opaque_token_is_bound_too()
    {
        var tokens = await app.BoundTokensAsync(key, "spa", ("resource", TestApp.Issuer + "/opaque"));

        tokens.AccessToken().Split('.').Should().HaveCount(5);
        (await app.IntrospectAsync(tokens.AccessToken()))
            .Json.GetProperty("cnf")
            .GetProperty("jkt")
            .GetString()
            .Should()
            .Be(key.Thumbprint());
    }

    [Test, Rfc("9449-5-5")]
    public async Task A_client_without_a_proof_gets_a_bearer_token()
    {
        var tokens = await app.TokensAsync("spa");

        tokens.Text("token_type").Should().Be("Bearer");
        BackChannel.JwtPart(tokens.AccessToken(), 1).TryGetProperty("cnf", out _).Should().BeFalse();
        var answer = await app.IntrospectAsync(tokens.AccessToken());
        answer.Text("token_type").Should().Be("Bearer");
        answer.Json.TryGetProperty("cnf", out _).Should().BeFalse();
        tokens.Header("DPoP-Nonce").Should().BeNull();
    }

    [TestCase("RS256")]
    [TestCase("PS256")]
    public async Task Client_credentials_are_bound_by_keys_of_each_kind(string algorithm)
    {
        var own = ProofKey.New(algorithm);

        var answer = await app.TokenAsync([app.TokenProof(own)], [BackChannel.ClientCredentials, .. BackChannel.Machine]);

        answer.Text("token_type").Should().Be("DPoP");
        BackChannel.JwtPart(answer.AccessToken(), 1).GetProperty("cnf").GetProperty("jkt").GetString().Should().Be(own.Thumbprint());
    }

    [Test, Rfc("9449-5-1"), Rfc("9449-4.3-1")]
    public async Task A_wrong_proof_is_refused_and_consumes_nothing()
    {
        var code = await app.CodeAsync("spa");
        var wrong = new[]
        {
            key.Proof("GET", TokenUrl, app.Clock.Now),
            key.Proof("POST", TestApp.Issuer + "/oauth2/revoke", app.Clock.Now),
            key.Proof("POST", TokenUrl, app.Clock.Now.AddMinutes(-5)),
            "garbage",
        };

        foreach (var proof in wrong)
        {
            var answer = await app.TokenAsync([proof], CodeForm("spa", code));
            answer.ShouldRefuse(400, "invalid_dpop_proof");
            answer.Body.Should().NotContain(proof);
        }

        (await app.TokenAsync([app.TokenProof(key), app.TokenProof(key)], CodeForm("spa", code))).ShouldRefuse(400, "invalid_dpop_proof");
        (await app.TokenAsync([app.TokenProof(key)], CodeForm("spa", code))).Status.Should().Be(200);
        app.Logs.Lines.Should().Contain(l => l.Contains("HQ1110")).And.NotContain(l => l.Contains("eyJ"));
    }

    [Test, Rfc("9449-4.3-10")]
    public async Task A_proof_is_accepted_once()
    {
        var proof = app.TokenProof(key);

        (await app.TokenAsync([proof], [BackChannel.ClientCredentials, .. BackChannel.Machine])).Status.Should().Be(200);
        (await app.TokenAsync([proof], [BackChannel.ClientCredentials, .. BackChannel.Machine])).ShouldRefuse(400, "invalid_dpop_proof");
    }

    [Test, Rfc("9449-10-1")]
    public async Task A_code_for_a_key_is_redeemed_by_that_key_only()
    {
        var code = await app.CodeAsync("spa", ("dpop_jkt", key.Thumbprint()));

        (await app.TokenAsync([], CodeForm("spa", code))).ShouldRefuse(400, "invalid_grant");
        (await app.TokenAsync([app.TokenProof(ProofKey.New())], CodeForm("spa", code))).ShouldRefuse(400, "invalid_grant");
        (await app.TokenAsync([app.TokenProof(key)], CodeForm("spa", code))).Text("token_type").Should().Be("DPoP");
    }

    [TestCase("short")]
    [TestCase("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I=")]
    [TestCase("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4J")]
    public async Task A_dpop_jkt_that_is_no_thumbprint_is_refused(string text)
    {
        var answer = await app.NewBrowser().GetAsync(TestApp.AuthorizeUrl("web", ("dpop_jkt", text)));

        answer.LocationParameter("error").Should().Be("invalid_request");
    }

    [Test, Rfc("21-3.1-1")]
    public async Task Two_of_them_are_refused()
    {
        var answer = await app.NewBrowser()
            .GetAsync(TestApp.AuthorizeUrl("web", ("dpop_jkt", key.Thumbprint())) + "&dpop_jkt=" + key.Thumbprint());

        answer.LocationParameter("error").Should().Be("invalid_request");
    }

    [Test, Rfc("9449-5-3")]
    public async Task A_stolen_refresh_token_gets_nothing_and_ends_nothing()
    {
        var tokens = await app.BoundTokensAsync(key);
        var stolen = tokens.RefreshToken();

        (await app.BoundRefreshAsync(null, "spa", stolen)).ShouldRefuse(400, "invalid_dpop_proof");
        (await app.BoundRefreshAsync(ProofKey.New(), "spa", stolen)).ShouldRefuse(400, "invalid_grant");
        var next = await app.BoundRefreshAsync(key, "spa", stolen);
        next.Text("token_type").Should().Be("DPoP");

        // Spent, and long after the leeway: what would be a replay by the client ends nothing for a thief.
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        (await app.BoundRefreshAsync(null, "spa", stolen)).ShouldRefuse(400, "invalid_dpop_proof");
        (await app.BoundRefreshAsync(ProofKey.New(), "spa", stolen)).ShouldRefuse(400, "invalid_grant");
        (await app.BoundRefreshAsync(key, "spa", next.RefreshToken())).Status.Should().Be(200);
        // The client itself reveals a theft as before.
        (await app.BoundRefreshAsync(key, "spa", stolen)).ShouldRefuse(400, "invalid_grant");
        (await app.RowsAsync()).Should().BeEmpty();
    }

    [Test, Rfc("9449-5-4")]
    public async Task A_confidential_client_refreshes_with_another_key()
    {
        var tokens = await app.BoundTokensAsync(key, "web");
        var other = ProofKey.New();

        var answer = await app.BoundRefreshAsync(other, "web", tokens.RefreshToken());

        BackChannel.JwtPart(answer.AccessToken(), 1).GetProperty("cnf").GetProperty("jkt").GetString().Should().Be(other.Thumbprint());
        (await app.BoundRefreshAsync(null, "web", answer.RefreshToken())).Text("token_type").Should().Be("Bearer");
    }

    [Test, Rfc("9449-5.2-1")]
    public async Task A_client_that_is_registered_for_bound_tokens_gets_no_other()
    {
        (string, string)[] form = [BackChannel.ClientCredentials, ("basic", "bound:" + TestApp.WebSecret)];

        (await app.TokenAsync([], form)).ShouldRefuse(400, "invalid_dpop_proof");
        (await app.TokenAsync([app.TokenProof(key)], form)).Text("token_type").Should().Be("DPoP");
    }

    [TestCase("true", true)]
    [TestCase("false", false)]
    [TestCase("null", false)]
    [Rfc("9449-5.2-1")]
    public async Task The_member_is_registered_and_given_back(string sent, bool isBound)
    {
        var answer = await app.PostJsonAsync(
            "/oauth2/register",
            $$"""{"redirect_uris":["https://app.example.com/cb"],"token_endpoint_auth_method":"none","dpop_bound_access_tokens":{{sent}}}"""
        );

        answer.Status.Should().Be(201, answer.Body);
        answer.Json.TryGetProperty("dpop_bound_access_tokens", out var told).Should().Be(isBound);
        (await app.FindClientAsync(answer.Text("client_id")!))!.DpopBoundAccessTokens.Should().Be(isBound);
        if (isBound)
            told.GetBoolean().Should().BeTrue();
    }

    [Test]
    public async Task Another_type_of_the_member_is_refused()
    {
        var answer = await app.PostJsonAsync(
            "/oauth2/register",
            """{"redirect_uris":["https://app.example.com/cb"],"token_endpoint_auth_method":"none","dpop_bound_access_tokens":"true"}"""
        );

        answer.ShouldRefuse(400, "invalid_client_metadata");
    }

    [Test]
    public async Task A_resource_that_demands_bound_tokens_gets_no_other()
    {
        var code = await app.CodeAsync("spa", ("resource", TestApp.Issuer + "/strict"));
        (string, string)[] machine = [BackChannel.ClientCredentials, .. BackChannel.Machine, ("resource", TestApp.Issuer + "/strict")];

        (await app.TokenAsync([], CodeForm("spa", code))).ShouldRefuse(400, "invalid_dpop_proof");
        (await app.TokenAsync([app.TokenProof(key)], CodeForm("spa", code))).Status.Should().Be(200);
        (await app.TokenAsync([], machine)).ShouldRefuse(400, "invalid_dpop_proof");
        (await app.TokenAsync([app.TokenProof(key)], machine)).Status.Should().Be(200);
    }

    [Test, Rfc("9449-5.1-1"), Rfc("9728-2-6")]
    public async Task The_metadata_names_the_algorithms_and_the_resources_that_demand_them()
    {
        var server = await app.GetAsync("/.well-known/oauth-authorization-server");
        var strict = await app.GetAsync("/.well-known/oauth-protected-resource/strict");
        var other = await app.GetAsync("/.well-known/oauth-protected-resource");

        Algorithms(server).Should().Equal("ES256", "RS256", "PS256");
        Algorithms(strict).Should().Equal("ES256", "RS256", "PS256");
        strict.Json.GetProperty("dpop_bound_access_tokens_required").GetBoolean().Should().BeTrue();
        other.Body.Should().NotContain("dpop");

        static IEnumerable<string?> Algorithms(Answer answer) =>
            answer.Json.GetProperty("dpop_signing_alg_values_supported").EnumerateArray().Select(a => a.GetString());
    }

    [Test]
    public async Task A_strangers_proof_costs_one_verification_at_most_and_none_before_client_and_grant_are_known()
    {
        var proofs = app.Services.GetRequiredService<RequestProofs>();

        await app.TokenAsync([app.TokenProof(key)], ("grant_type", "authorization_code"), ("client_id", "nobody"), ("code", "x"));
        await app.TokenAsync([app.TokenProof(key)], ("grant_type", "made_up"), ("client_id", "spa"));
        await app.TokenAsync([app.TokenProof(key)], [BackChannel.ClientCredentials, ("basic", "machine:wrong")]);
        await app.TokenAsync([app.TokenProof(key)], BackChannel.ClientCredentials, ("client_id", "spa"));
        proofs.Verifications.Should().Be(0);

        (await app.TokenAsync([app.TokenProof(key)], CodeForm("spa", "hqa_garbage"))).ShouldRefuse(400, "invalid_grant");
        proofs.Verifications.Should().Be(1);
    }

    [Test, Rfc("9449-5-2"), Rfc("9449-5-3")]
    public async Task A_device_gets_bound_tokens()
    {
        var device = await app.DeviceAsync();
        await app.NewBrowser().AnswerAsync(device);

        var tokens = await app.TokenAsync(
            [app.TokenProof(key)],
            ("grant_type", DeviceSupport.Grant),
            ("device_code", device.DeviceCode),
            ("client_id", "tv")
        );

        tokens.Text("token_type").Should().Be("DPoP");
        (await app.BoundRefreshAsync(null, "tv", tokens.RefreshToken())).ShouldRefuse(400, "invalid_dpop_proof");
        (await app.BoundRefreshAsync(key, "tv", tokens.RefreshToken())).Text("token_type").Should().Be("DPoP");
    }

    [Test]
    public async Task A_bad_proof_of_any_shape_is_an_error_of_the_client()
    {
        foreach (var part in new[] { "alg", "typ", "jwk" })
        {
            foreach (
                var value in new[]
                {
                    "null",
                    "7",
                    "{}",
                    "[]",
                    "\"x\"",
                    "true",
                    "{\"kty\":\"EC\"}",
                    "{\"kty\":\"RSA\",\"n\":\"AA\",\"e\":\"AQAB\"}",
                }
            )
            {
                var proof = key.Proof("POST", TokenUrl, app.Clock.Now, header: h => h[part] = System.Text.Json.Nodes.JsonNode.Parse(value));
                (await app.TokenAsync([proof], [BackChannel.ClientCredentials, .. BackChannel.Machine])).ShouldRefuse(
                    400,
                    "invalid_dpop_proof"
                );
            }
        }

        foreach (var part in new[] { "jti", "htm", "htu", "iat" })
        {
            foreach (var value in new[] { "null", "{}", "[]", "true", "\"\"", "-1", "1e300", "\"\\ud800\"" })
            {
                var proof = key.SignText(
                    $$"""{"alg":"ES256","typ":"dpop+jwt","jwk":{{key.Jwk.ToJsonString()}}}""",
                    JsonSerializer
                        .Serialize(
                            new Dictionary<string, object>
                            {
                                ["jti"] = "x",
                                ["htm"] = "POST",
                                ["htu"] = TokenUrl,
                                ["iat"] = app.Clock.Now.ToUnixTimeSeconds(),
                                [part] = "HERE",
                            }
                        )
                        .Replace("\"HERE\"", value)
                );
                (await app.TokenAsync([proof], [BackChannel.ClientCredentials, .. BackChannel.Machine])).ShouldRefuse(
                    400,
                    "invalid_dpop_proof"
                );
            }
        }
    }
}
