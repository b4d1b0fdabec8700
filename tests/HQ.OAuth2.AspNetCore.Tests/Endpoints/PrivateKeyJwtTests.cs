using HQ.OAuth2.Tests;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>private_key_jwt (RFC 7523 §2.2) at the endpoints that authenticate clients.</summary>
internal sealed class PrivateKeyJwtTests : SharedApp
{
    private static readonly ProofKey ec = ProofKey.New("ES256", "ec");
    private static readonly ProofKey rs = ProofKey.New("RS256", "rs");
    private static readonly ProofKey ps = ProofKey.New("PS256", "ps");
    private static readonly ProofKey stranger = ProofKey.New("ES256", "ec");

    protected override void Options(HqOAuth2Options o)
    {
        o.DeviceAuthorization = true;
        o.Clients.Add(SigningClients.Options("signer", ec, rs, ps));
        var one = SigningClients.Options("one-algorithm", ec, rs);
        one.TokenEndpointAuthSigningAlg = "RS256";
        o.Clients.Add(one);
    }

    [Test, Rfc("7523-2.2-1"), Rfc("7523-5-1"), Rfc("8414-2-12")]
    public async Task It_authenticates_at_each_endpoint_by_each_algorithm()
    {
        foreach (var key in new[] { ec, rs, ps })
        {
            var answer = await App.PostAsync(Token, [ClientCredentials, .. key.Signed("signer")]);
            answer.Status.Should().Be(200, answer.Body);
            answer.Header("Cache-Control").Should().Contain("no-store");

            (await App.PostAsync(Introspect, [("token", answer.AccessToken()), .. key.Signed("signer")]))
                .Text("active")
                .Should()
                .Be("True");
            (await App.PostAsync(Revoke, [("token", answer.AccessToken()), .. key.Signed("signer")])).Status.Should().Be(200);
            (await App.PostAsync("/oauth2/device_authorization", key.Signed("signer"))).Status.Should().Be(200);
        }
    }

    [Test, Rfc("7523-2.2-1")]
    public async Task The_whole_code_flow_works_and_its_client_is_confidential()
    {
        var code = await App.CodeAsync("signer");

        (await App.RedeemAsync("signer", code)).ShouldBeError("invalid_client", 401);
        var tokens = await App.PostAsync(
            Token,
            [
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", TestApp.RedirectUri),
                ("code_verifier", TestApp.Verifier),
                .. ec.Signed("signer"),
            ]
        );
        tokens.Status.Should().Be(200, tokens.Body);
        var refresh = ("refresh_token", tokens.RefreshToken());
        (await App.PostAsync(Token, ("grant_type", "refresh_token"), refresh, ("client_id", "signer"))).ShouldBeError(
            "invalid_client",
            401
        );
        (await App.PostAsync(Token, [("grant_type", "refresh_token"), refresh, .. ec.Signed("signer")])).Status.Should().Be(200);
    }

    [TestCase("urn:ietf:params:oauth:client-assertion-type:saml2-bearer")]
    [TestCase("urn:ietf:params:oauth:client-assertion-type:JWT-bearer")]
    [TestCase("")]
    [TestCase(null)]
    [Rfc("7523-2.2-1")]
    public async Task An_assertion_of_another_type_is_no_authentication_and_not_none(string? type)
    {
        // A public client must not get in by an assertion that nobody read.
        (string, string)[] typed = type is null ? [] : [("client_assertion_type", type)];
        var answer = await App.PostAsync(
            Token,
            [("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", "spa"), ("client_assertion", "x"), .. typed]
        );

        answer.ShouldBeError("invalid_client", 401);
    }

    [Test, Rfc("7523-2.2-1")]
    public async Task A_type_without_an_assertion_is_no_authentication()
    {
        var answer = await App.PostAsync(
            Token,
            ("grant_type", "refresh_token"),
            ("refresh_token", "x"),
            ("client_id", "spa"),
            ("client_assertion_type", SigningClients.AssertionType)
        );

        answer.ShouldBeError("invalid_client", 401);
    }

    [Test, Rfc("7523-2.2-2")]
    public async Task There_is_one_assertion_and_it_is_one_JWT()
    {
        var (one, two) = (ec.Assertion("signer"), ec.Assertion("signer"));

        (await TokenAsync($"{one} {two}")).ShouldBeError("invalid_client", 401);
        (await TokenAsync($"{one},{two}")).ShouldBeError("invalid_client", 401);
        (await App.PostAsync(Token, [ClientCredentials, .. SigningClients.Parameters(one), ("client_assertion", two)])).ShouldBeError(
            "invalid_request"
        );
        (await TokenAsync(one)).Status.Should().Be(200, "none of these has spent it");
    }

    [Test, Rfc("7523-2.2-3")]
    public async Task A_client_id_that_is_sent_too_is_the_same()
    {
        (await App.PostAsync(Token, [ClientCredentials, ("client_id", "signer"), .. ec.Signed("signer")])).Status.Should().Be(200);
        (await App.PostAsync(Token, [ClientCredentials, ("client_id", "web"), .. ec.Signed("signer")])).ShouldBeError(
            "invalid_client",
            401
        );
    }

    [Test, Rfc("7523-2.2-4")]
    public async Task It_goes_with_no_other_method()
    {
        var assertion = ec.Assertion("signer");

        (await App.PostAsync(Token, [ClientCredentials, ("client_secret", "x"), .. SigningClients.Parameters(assertion)])).ShouldBeError(
            "invalid_request"
        );
        (await App.PostAsync(Token, [ClientCredentials, ("basic", "signer:x"), .. SigningClients.Parameters(assertion)])).ShouldBeError(
            "invalid_request"
        );
        (await TokenAsync(assertion)).Status.Should().Be(200);
    }

    [Test, Rfc("7523-2.2-4")]
    public async Task Each_client_uses_the_method_that_it_is_registered_for()
    {
        (await App.PostAsync(Token, ClientCredentials, ("client_id", "signer"), ("client_secret", "x"))).ShouldBeError(
            "invalid_client",
            401
        );
        (await App.PostAsync(Token, ClientCredentials, ("client_id", "signer"))).ShouldBeError("invalid_client", 401);
        (await App.PostAsync(Token, [ClientCredentials, .. ec.Signed("machine")])).ShouldBeError("invalid_client", 401);
        (await App.PostAsync(Token, [ClientCredentials, .. ec.Signed("unknown")])).ShouldBeError("invalid_client", 401);
    }

    [Test, Rfc("7523-3.2-1")]
    public async Task In_Development_the_answer_says_which_check_failed()
    {
        await using var app = await TestApp.StartAsync(o =>
        {
            Options(o);
            o.ExplainErrors = true;
        });

        var answer = await app.PostAsync(Token, [ClientCredentials, .. ec.Signed("signer", TestClock.Start.AddHours(-1))]);

        answer.ShouldBeError("invalid_client", 401);
        answer.Text("error_description").Should().Contain("the assertion has expired").And.Contain("HQ1018");
    }

    [Test, Rfc("7523-3-8")]
    public async Task An_assertion_that_was_used_is_refused_at_every_endpoint()
    {
        var assertion = ec.Assertion("signer");
        (await TokenAsync(assertion)).Status.Should().Be(200);

        (await TokenAsync(assertion)).ShouldBeError("invalid_client", 401);
        (await App.PostAsync(Introspect, [("token", "x"), .. SigningClients.Parameters(assertion)])).ShouldBeError("invalid_client", 401);
        (await App.PostAsync(Revoke, [("token", "x"), .. SigningClients.Parameters(assertion)])).ShouldBeError("invalid_client", 401);
        // The same claims with another signature are the same assertion.
        (await TokenAsync(Again(assertion))).ShouldBeError("invalid_client", 401);
    }

    [Test]
    public async Task The_registered_algorithm_is_demanded()
    {
        (await App.PostAsync(Token, [ClientCredentials, .. rs.Signed("one-algorithm")])).Status.Should().Be(200);
        (await App.PostAsync(Token, [ClientCredentials, .. ec.Signed("one-algorithm")])).ShouldBeError("invalid_client", 401);
    }

    [TestCase("client_assertion")]
    [TestCase("client_assertion_type")]
    public async Task Its_parameters_belong_in_the_body(string name) =>
        (await App.PostAsync($"{Token}?{name}=x", [ClientCredentials, .. ec.Signed("signer")])).ShouldBeError("invalid_request");

    [Test, Rfc("7523-3-6")]
    public async Task The_token_endpoint_as_audience_is_for_old_clients_where_the_host_says_so()
    {
        var claims = SigningClients.Claims("signer");
        claims["aud"] = TestApp.Issuer + Token;
        (await TokenAsync(ec.Sign(claims))).ShouldBeError("invalid_client", 401);

        await using var app = await TestApp.StartAsync(o =>
        {
            Options(o);
            o.AcceptTokenEndpointAudience = true;
        });
        (await app.PostAsync(Token, [ClientCredentials, .. SigningClients.Parameters(ec.Sign(claims))])).Status.Should().Be(200);
        app.Logs.Lines.Should().Contain(l => l.Contains("acceptTokenEndpointAudience"));
    }

    private Task<Answer> TokenAsync(string assertion) => App.PostAsync(Token, [ClientCredentials, .. SigningClients.Parameters(assertion)]);

    private static string Again(string assertion) =>
        ec.SignText(
            System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(assertion.Split('.')[0])),
            System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(assertion.Split('.')[1]))
        );
}
