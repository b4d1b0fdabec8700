using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>How clients register their keys, by value and by address (RFC 7591 §2).</summary>
internal sealed class KeyRegistrationTests : SigningApp
{
    [Test]
    public async Task A_client_registers_its_keys_by_value_and_gets_in_by_them()
    {
        var answer = await RegisterAsync($$""","jwks":{{ProofKey.Set(key)}},"token_endpoint_auth_signing_alg":"ES256" """);

        answer.Status.Should().Be(201, answer.Body);
        answer.Text("token_endpoint_auth_method").Should().Be("private_key_jwt");
        answer.Json.TryGetProperty("client_secret", out _).Should().BeFalse();
        answer.Json.GetProperty("jwks").GetProperty("keys")[0].GetProperty("x").GetString().Should().Be((string?)key.Jwk["x"]);
        var id = answer.Text("client_id")!;
        (await RedeemAsync(id, key.Signed(id))).Status.Should().Be(200);
        (await RedeemAsync(id, ProofKey.New("ES256", "k1").Signed(id))).ShouldBeError("invalid_client", 401);
        (await RedeemAsync(id, ("client_id", id))).ShouldBeError("invalid_client", 401);
    }

    [Test]
    public async Task A_client_registers_the_address_of_its_keys_and_replaces_them_without_a_word_to_the_server()
    {
        web.Publish(KeysAt, ProofKey.Set(key), "max-age=60");
        var answer = await RegisterAsync($",\"jwks_uri\":\"{KeysAt}\"");
        answer.Text("jwks_uri").Should().Be(KeysAt);
        web.Fetches.Should().Be(0, "nothing is fetched for a registration");
        var id = answer.Text("client_id")!;
        (await RedeemAsync(id, key.Signed(id))).Status.Should().Be(200);

        app.Clock.Advance(TimeSpan.FromSeconds(40));
        web.Publish(KeysAt, ProofKey.Set(key, next), "max-age=60");
        (await RedeemAsync(id, next.Signed(id, app.Clock.Now))).Status.Should().Be(200);
        app.Clock.Advance(TimeSpan.FromSeconds(61));
        web.Publish(KeysAt, ProofKey.Set(next), "max-age=60");
        (await RedeemAsync(id, key.Signed(id, app.Clock.Now))).ShouldBeError("invalid_client", 401);
        (await RedeemAsync(id, next.Signed(id, app.Clock.Now))).Status.Should().Be(200);
        web.Fetches.Should().Be(3);
    }

    private static IEnumerable<TestCaseData> WrongKeys()
    {
        yield return Case("", "jwks");
        yield return Case(""","jwks":{"keys":[]}""", "jwks");
        yield return Case(""","jwks":null,"jwks_uri":"" """, "jwks");
        yield return Case($$""","jwks":{{ProofKey.Set(key)}},"jwks_uri":"{{KeysAt}}" """, "jwks");
        yield return Case(""","jwks":{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}""", "jwks");
        yield return Case(""","jwks":{"keys":[{"kty":"oct","k":"AAAA"}]}""", "jwks");
        yield return Case($$""","jwks":{{ProofKey.Set(ProofKey.New("RS256", "short", 1024))}}""", "jwks");
        yield return Case(
            $$""","jwks":{{ProofKey.Set(key)}},"token_endpoint_auth_signing_alg":"HS256" """,
            "token_endpoint_auth_signing_alg"
        );
        yield return Case(
            $$""","jwks":{{ProofKey.Set(key)}},"token_endpoint_auth_signing_alg":"none" """,
            "token_endpoint_auth_signing_alg"
        );
        yield return Case(
            $$""","jwks":{{ProofKey.Set(key)}},"token_endpoint_auth_signing_alg":"RS256" """,
            "token_endpoint_auth_signing_alg"
        );
        yield return Case(""","jwks_uri":"http://app.example.com/keys" """, "jwks");

        static TestCaseData Case(string more, string member) =>
            new TestCaseData(more, member).SetArgDisplayNames(member, more[..Math.Min(60, more.Length)]);
    }

    [TestCaseSource(nameof(WrongKeys))]
    [Rfc("7591-2-12")]
    public async Task A_client_that_could_never_authenticate_is_not_registered(string more, string member)
    {
        var answer = await RegisterAsync(more);

        answer.ShouldBeError("invalid_client_metadata");
        answer.Text("error_description").Should().StartWith(member + ":");
    }

    [Test]
    public async Task Keys_of_a_client_that_does_not_sign_are_kept_and_nobody_gets_in_by_them()
    {
        var answer = await app.PostJsonAsync(
            "/oauth2/register",
            $$"""{"redirect_uris":["{{TestApp.RedirectUri}}"],"token_endpoint_auth_method":"none","jwks":{{ProofKey.Set(key)}}}"""
        );

        answer.Json.GetProperty("jwks").GetProperty("keys").GetArrayLength().Should().Be(1);
        var id = answer.Text("client_id")!;
        (await RedeemAsync(id, key.Signed(id))).ShouldBeError("invalid_client", 401);
        (await RedeemAsync(id, ("client_id", id))).Status.Should().Be(200);
    }
}
