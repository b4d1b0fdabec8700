using HQ.OAuth2.Tests;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>RFC 6749 §2.3 at the endpoints that authenticate clients.</summary>
internal sealed class ClientAuthenticationTests : SharedApp
{
    private const string Grant = "grant_type=client_credentials";

    [TestCase("s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw", "czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3", TestName = "V_BASIC_1")]
    [TestCase("s6BhdRkqt3", "gX1fBat3bV", "czZCaGRSa3F0MzpnWDFmQmF0M2JW", TestName = "V_BASIC_2")]
    [TestCase("client:1", "s%c+r t&£€", "Y2xpZW50JTNBMTpzJTI1YyUyQnIrdCUyNiVDMiVBMyVFMiU4MiVBQw==", TestName = "V_BASIC_3")]
    [TestCase(
        "https://app.example.com/cimd.json",
        "x",
        "aHR0cHMlM0ElMkYlMkZhcHAuZXhhbXBsZS5jb20lMkZjaW1kLmpzb246eA==",
        TestName = "V_BASIC_4"
    )]
    [TestCase("a", "p:q", "YTpwJTNBcQ==", TestName = "V_BASIC_5")]
    [Rfc("6749-2.3.1-1")]
    [Rfc("6749-2.3.1-2")]
    [Rfc("6749-B-1")]
    [Rfc("21-2.4.1-2")]
    public async Task The_vectors_authenticate(string id, string secret, string header)
    {
        await App.AddClientAsync(Confidential(id, secret));

        (await App.RawAsync(Token, Grant, "Basic " + header)).Status.Should().Be(200);
        (await App.RawAsync(Token, Grant, "Basic " + Convert.ToBase64String("x:y"u8))).ShouldBeError("invalid_client", 401);
    }

    [TestCase("client:1", "s%c+r t&£€")]
    [TestCase("c-2", "a%20b")]
    [TestCase("c-2", "a+b")]
    [TestCase("c-2", "100%")]
    [TestCase("client:2", "plain")]
    [Rfc("6749-2.3.1-2")]
    public async Task Credentials_that_were_not_form_encoded_and_should_have_been_fail(string id, string secret)
    {
        await App.AddClientAsync(Confidential(id, secret));

        (await App.RawAsync(Token, Grant, Basic($"{id}:{secret}"))).ShouldBeError("invalid_client", 401);
        (await App.RawAsync(Token, Grant, Basic($"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}"))).Status.Should().Be(200);
    }

    [Test, Rfc("6749-2.3.1-2")]
    public async Task Only_the_first_colon_divides()
    {
        await App.AddClientAsync(Confidential("colon", "p:q:r"));

        (await App.RawAsync(Token, Grant, Basic("colon:p:q:r"))).Status.Should().Be(200);
    }

    [Test, Rfc("21-2.4.1-1"), Rfc("6749-B-1")]
    public async Task A_secret_in_the_body_authenticates_in_any_script()
    {
        await App.AddClientAsync(Confidential("body", " %&+£€", OAuthClientAuthenticationMethods.ClientSecretPost));

        (await App.RawAsync(Token, Grant + "&client_id=body&client_secret=+%25%26%2B%C2%A3%E2%82%AC")).Status.Should().Be(200);
        (await App.RawAsync(Token, Grant + "&client_id=body&client_secret=+%25%26%2B%C2%A3")).ShouldBeError("invalid_client", 401);
    }

    [TestCase("basic")]
    [TestCase("BASIC")]
    [TestCase("bAsIc")]
    [Rfc("21-5.1.1-1")]
    public async Task The_scheme_name_is_read_without_case(string scheme) =>
        (await App.RawAsync(Token, Grant, scheme + Basic("machine:" + TestApp.WebSecret)[5..])).Status.Should().Be(200);

    [TestCase("Basic")]
    [TestCase("Basic ")]
    [TestCase("Basic !!!")]
    [TestCase("Basic bWFjaGluZQ==", Description = "no colon")]
    [TestCase("Basic OndlYg==", Description = "no user name")]
    [TestCase("Basic bWFja GluZTo=", Description = "a space inside")]
    [TestCase("Basic bWFjaGluZTolR0c=", Description = "%GG")]
    [TestCase("Basic bWFjaGluZTol", Description = "a cut escape")]
    [TestCase("Basic bWFjaGluZTr//g==", Description = "no UTF-8")]
    [TestCase("Basic AAAA", Description = "NUL")]
    [TestCase("Basicx YTpi")]
    [TestCase("Bearer abc")]
    [TestCase("Digest username=\"machine\"")]
    [TestCase("Negotiate YIIB")]
    [TestCase("x")]
    [Rfc("6749-5.2-3")]
    [Rfc("6749-5.2-4")]
    public async Task A_header_that_is_no_valid_basic_one_is_a_failed_authentication(string header)
    {
        foreach (var path in new[] { Token, Introspect, Revoke })
            (await App.RawAsync(path, Grant + "&token=x&client_id=spa", header)).ShouldBeError("invalid_client", 401);
    }

    [Test, Rfc("6749-5.2-3")]
    public async Task Random_bytes_in_the_header_are_refused_and_never_break_the_server()
    {
        var random = new Random(6749);
        for (var i = 0; i < 200; i++)
        {
            var bytes = new byte[random.Next(0, 60)];
            random.NextBytes(bytes);
            (await App.RawAsync(Token, Grant, "Basic " + Convert.ToBase64String(bytes))).ShouldBeError("invalid_client", 401);
        }
    }

    [Test, Rfc("6749-2.3-2")]
    public async Task Two_methods_in_one_request_are_refused_and_the_code_is_not_spent()
    {
        var code = await App.CodeAsync("web");

        (await App.RedeemAsync("web", code, ("client_secret", TestApp.WebSecret))).ShouldBeError("invalid_request");
        (await App.RedeemAsync("web", code, ("client_secret", "another"))).ShouldBeError("invalid_request");
        (await App.RawAsync(Token, Grant, Basic("machine:" + TestApp.WebSecret), "Basic eDp5")).ShouldBeError("invalid_request");
        (await App.RedeemAsync("web", code)).Status.Should().Be(200);
    }

    [TestCase("client_id=machine&client_secret=web-secret-of-the-host")]
    [TestCase("client_secret=web-secret-of-the-host")]
    [TestCase("client_id=machine")]
    [Rfc("6749-2.3.1-3")]
    public async Task Credentials_in_the_URI_are_never_taken(string query)
    {
        foreach (var path in new[] { Token, Introspect, Revoke })
        {
            (await App.RawAsync($"{path}?{query}", Grant + "&token=x")).ShouldBeError("invalid_request");
            (await App.RawAsync($"{path}?{query}", Grant + "&token=x", Basic("machine:" + TestApp.WebSecret))).ShouldBeError(
                "invalid_request"
            );
        }
    }

    [Test, Rfc("6749-2.3.2-1")]
    public async Task A_credential_of_one_client_with_the_id_of_another_is_refused()
    {
        (await App.PostAsync(Token, [ClientCredentials, .. Machine, ("client_id", "web")])).ShouldBeError("invalid_client", 401);
        (await App.PostAsync(Token, [ClientCredentials, .. Machine, ("client_id", "machine")])).Status.Should().Be(200);
    }

    [TestCase("web")]
    [TestCase("post")]
    [Rfc("6749-2.3.1-5"), Rfc("21-2.4.1-1")]
    public async Task A_secret_is_good_by_basic_and_in_the_body_at_every_endpoint_and_step(string client)
    {
        (string, string)[] body = [("client_id", client), ("client_secret", TestApp.WebSecret)];
        (string, string)[] basic = [("basic", $"{client}:{TestApp.WebSecret}")];
        foreach (var (one, other) in new[] { (body, basic), (basic, body) })
        {
            var code = await App.CodeAsync(client);
            var tokens = await App.PostAsync(
                Token,
                [("grant_type", "authorization_code"), ("code", code), ("code_verifier", TestApp.Verifier), .. one]
            );
            tokens.Status.Should().Be(200, tokens.Body);
            var refreshed = await App.PostAsync(
                Token,
                [("grant_type", "refresh_token"), ("refresh_token", tokens.RefreshToken()), .. other]
            );
            refreshed.Status.Should().Be(200, refreshed.Body);
            (await App.PostAsync(Introspect, [("token", refreshed.AccessToken()), .. one])).Text("active").Should().Be("True");
            (await App.PostAsync(Revoke, [("token", refreshed.RefreshToken()), .. other])).Status.Should().Be(200);
            (await App.IsActiveAsync(refreshed.AccessToken())).Should().BeFalse();
        }

        (await App.PostAsync(Token, ClientCredentials, ("client_id", client), ("client_secret", "wrong"))).ShouldBeError(
            "invalid_client",
            401
        );
        (await App.PostAsync(Token, ClientCredentials, ("basic", client + ":wrong"))).ShouldBeError("invalid_client", 401);
        (await App.PostAsync(Token, [ClientCredentials, .. body, .. basic])).ShouldBeError("invalid_request");
    }

    [Test, Rfc("6749-2.3.1-5")]
    public async Task A_method_of_the_hosts_own_is_replaced_by_no_secret()
    {
        await App.AddClientAsync(Confidential("keyed", "x", "private_key_jwt"));

        (await App.PostAsync(Token, ClientCredentials, ("basic", "keyed:x"))).ShouldBeError("invalid_client", 401);
        (await App.PostAsync(Token, ClientCredentials, ("client_id", "keyed"), ("client_secret", "x"))).ShouldBeError(
            "invalid_client",
            401
        );
        (await App.PostAsync(Token, ClientCredentials, ("basic", "keyed:"))).ShouldBeError("invalid_client", 401);
        (await App.PostAsync(Token, ClientCredentials, ("client_id", "keyed"))).ShouldBeError("invalid_client", 401);
    }

    [Test, Rfc("6749-2.3.1-4")]
    public async Task An_empty_secret_is_none_for_a_public_client_and_wrong_for_the_others()
    {
        var code = await App.CodeAsync("spa");
        (string, string)[] redemption = [("grant_type", "authorization_code"), ("code", code), ("code_verifier", TestApp.Verifier)];

        (await App.PostAsync(Token, [.. redemption, ("basic", "spa:x")])).ShouldBeError("invalid_client", 401);
        (await App.PostAsync(Token, [.. redemption, ("basic", "web:")])).ShouldBeError("invalid_client", 401);
        (await App.PostAsync(Token, [.. redemption, ("basic", "spa:"), ("client_id", "web")])).ShouldBeError("invalid_client", 401);
        (await App.PostAsync(Introspect, ("token", "x"), ("basic", "spa:"))).ShouldBeError("invalid_client", 401);
        var tokens = await App.PostAsync(Token, [.. redemption, ("basic", "spa:")]);
        tokens.Status.Should().Be(200, tokens.Body);
        (await App.RawAsync(Token, $"grant_type=refresh_token&refresh_token={tokens.RefreshToken()}&client_id=spa&client_secret="))
            .Status.Should()
            .Be(200);
    }

    [TestCase(Token)]
    [TestCase(Introspect)]
    [TestCase(Revoke)]
    [Rfc("6749-5.2-4"), Rfc("6749-5.2-5")]
    public async Task Without_an_authorization_header_no_browser_asks_for_a_password(string path)
    {
        foreach (var body in new[] { "", "&client_id=nobody", "&client_id=web", "&client_id=web&client_secret=wrong" })
        {
            var answer = await App.RawAsync(path, Grant + "&token=x" + body);
            answer.ShouldBeError("invalid_client", 401);
            answer.Header("WWW-Authenticate").Should().Be("Bearer realm=\"oauth2\"");
        }

        foreach (var header in new[] { Basic("web:wrong"), "Bearer x", "Digest x", "x" })
        {
            var answer = await App.RawAsync(path, Grant + "&token=x", header);
            answer.ShouldBeError("invalid_client", 401);
            answer.Header("WWW-Authenticate").Should().StartWith("Basic realm=");
        }
    }

    [TestCase("client_credentials")]
    [TestCase("authorization_code")]
    [TestCase("refresh_token")]
    [TestCase("password")]
    [Rfc("6749-2.2-2")]
    [Rfc("6749-3.2.1-1")]
    [Rfc("6749-4.4.2-1")]
    [Rfc("21-2.1-2")]
    public async Task A_bare_client_id_proves_no_confidential_client(string grantType)
    {
        foreach (var client in new[] { "web", "post" })
            (
                await App.PostAsync(Token, ("grant_type", grantType), ("client_id", client), ("code", "x"), ("refresh_token", "x"))
            ).ShouldBeError("invalid_client", 401);
    }

    [Test, Rfc("6749-3.2.1-1"), Rfc("21-2.1-2")]
    public async Task A_confidential_clients_code_and_refresh_token_are_worth_nothing_without_its_secret()
    {
        var code = await App.CodeAsync("web");
        (string, string)[] redemption = [("grant_type", "authorization_code"), ("code", code), ("code_verifier", TestApp.Verifier)];
        (await App.PostAsync(Token, [.. redemption, ("client_id", "web")])).ShouldBeError("invalid_client", 401);

        var refreshToken = (await App.RedeemAsync("web", code)).RefreshToken();
        (await App.PostAsync(Token, ("grant_type", "refresh_token"), ("refresh_token", refreshToken), ("client_id", "web"))).ShouldBeError(
            "invalid_client",
            401
        );
        (await App.RefreshAsync("web", refreshToken)).Status.Should().Be(200);
    }

    [Test, Rfc("6749-2.3-1"), Rfc("6749-2.1-1")]
    public async Task A_public_client_gains_nothing_by_a_secret()
    {
        await App.AddClientAsync(
            Confidential("public-with-secret", "x", OAuthClientAuthenticationMethods.None) with
            {
                Type = ClientType.Public,
            }
        );
        (string, string)[] id = [ClientCredentials, ("client_id", "public-with-secret")];

        (await App.PostAsync(Token, [.. id, ("client_secret", "x")])).ShouldBeError("invalid_client", 401);
        (await App.PostAsync(Token, ClientCredentials, ("basic", "public-with-secret:x"))).ShouldBeError("invalid_client", 401);
        (await App.PostAsync(Token, id)).ShouldBeError("unauthorized_client");
        (await App.PostAsync(Introspect, ("token", "x"), ("client_id", "public-with-secret"))).ShouldBeError("invalid_client", 401);
    }

    [Test, Rfc("6749-5.2-3"), Rfc("6749-5.2-5")]
    public async Task Unknown_wrong_and_disabled_get_the_same_answer()
    {
        await App.AddClientAsync(Confidential("gone", "right") with { Disabled = true });
        await App.AddClientAsync(
            Confidential("expired", "right") with
            {
                Secrets = [ClientSecrets.Keep("right", 4).EndingAt(TestClock.Start)],
            }
        );
        string[] headers = [Basic("nobody:x"), Basic("machine:wrong"), Basic("gone:right"), Basic("expired:right")];
        var bodies = new HashSet<string>();
        foreach (var header in headers)
        {
            var answer = await App.RawAsync(Token, Grant, header);
            answer.ShouldBeError("invalid_client", 401);
            answer.Header("WWW-Authenticate").Should().MatchRegex("^Basic realm=\"[^\"]+\"");
            bodies.Add(answer.Body);
        }

        var inBody = await App.RawAsync(Token, Grant + "&client_id=post&client_secret=wrong");
        inBody.ShouldBeError("invalid_client", 401);
        bodies.Add(inBody.Body);
        bodies.Should().ContainSingle();
    }

    [TestCase("")]
    [TestCase("plain text")]
    [TestCase("$2a$10$tooshort")]
    [TestCase("$2a$31$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy")]
    [TestCase("$2a$10$!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    [Rfc("6749-5.2-3")]
    public async Task A_stored_hash_that_is_none_counts_as_wrong(string hash)
    {
        await App.AddClientAsync(Confidential("malformed", "x") with { Secrets = [new() { Hash = hash }] });

        (await App.RawAsync(Token, Grant, Basic("malformed:x"))).ShouldBeError("invalid_client", 401);
        App.Logs.Lines.Should().Contain(line => line.Contains("malformed") && line.Contains("no bcrypt hash"));
    }

    [Test, Rfc("6749-10.10-1")]
    public async Task A_secret_of_more_bytes_than_bcrypt_reads_is_wrong_even_if_its_beginning_is_right()
    {
        var secret = new string('s', 72);
        await App.AddClientAsync(Confidential("long", secret));

        (await App.RawAsync(Token, Grant, Basic("long:" + secret))).Status.Should().Be(200);
        (await App.RawAsync(Token, Grant, Basic($"long:{secret}x"))).ShouldBeError("invalid_client", 401);
    }

    [Test, Rfc("6749-2.2-1")]
    public async Task An_id_that_is_taken_stays_with_the_client_that_has_it()
    {
        var registry = new InMemoryClientRegistry();
        (await registry.TryAddAsync(Confidential("taken", "first"), default)).Should().BeTrue();
        (await registry.TryAddAsync(Confidential("taken", "second") with { Org = "thief" }, default)).Should().BeFalse();

        (await registry.FindAsync("taken", default))!.Org.Should().BeNull();
        var ids = new List<string?>();
        for (var i = 0; i < 2; i++)
            ids.Add((await App.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri } })).Text("client_id"));
        ids.Should().OnlyHaveUniqueItems().And.NotContainNulls();
    }

    [Test, Rfc("6749-5.2-8")]
    public async Task A_wrong_secret_gets_the_same_answer_whatever_the_code_is()
    {
        var good = await App.CodeAsync("web");
        (string, string)[] wrong = [("grant_type", "authorization_code"), ("code_verifier", TestApp.Verifier), ("basic", "web:wrong")];

        var withGood = await App.PostAsync(Token, [.. wrong, ("code", good)]);
        var withBad = await App.PostAsync(Token, [.. wrong, ("code", "bad")]);

        withGood.ShouldBeError("invalid_client", 401);
        withBad.Body.Should().Be(withGood.Body);
        withBad.Status.Should().Be(401);
    }
}
