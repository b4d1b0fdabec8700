using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;

namespace HQ.OAuth2;

/// <summary>What a text must be to be an access token of this server.</summary>
internal sealed class AccessTokenReaderTests
{
    private static readonly DateTimeOffset now = TestClock.Start;

    private TestClock clock = null!;
    private CoreHost host = null!;

    [SetUp]
    public void A_server() => (clock, host) = (new(), null!);

    [TearDown]
    public async Task End() => await (host?.DisposeAsync() ?? default);

    [Test]
    public async Task A_token_says_what_its_claims_say()
    {
        Host();
        var token = (
            await ReadAsync(
                await SignAsync(c =>
                {
                    c["aud"] = new JsonArray("https://a.example", "https://b.example");
                    c["auth_time"] = now.AddMinutes(-3).ToUnixTimeSeconds();
                    c["acr"] = "mfa";
                    c["hq_authorization"] = "row";
                    c["cnf"] = new JsonObject { ["jkt"] = "thumb" };
                })
            )
        )!;

        token.Subject.Should().Be("alice");
        token.ClientId.Should().Be("app");
        token.Audience.Should().Equal("https://a.example", "https://b.example");
        token.Scope.ToString().Should().Be("read write");
        token.JwtId.Should().Be("id");
        token.IssuedAt.Should().Be(now);
        token.ExpiresAt.Should().Be(now.AddMinutes(5));
        token.SignedInAt.Should().Be(now.AddMinutes(-3));
        token.Context.Should().Be("mfa");
        token.AuthorizationId.Should().Be("row");
        token.Key.Should().Be("thumb");
    }

    [Test]
    public async Task Claims_that_may_be_absent_are_null()
    {
        Host();
        var token = (await ReadAsync(await SignAsync()))!;

        (token.SignedInAt, token.Context, token.AuthorizationId, token.Key, token.Organization).Should().Be((null, null, null, null, null));
    }

    [TestCase("exp")]
    [TestCase("nbf")]
    [TestCase("iat")]
    [TestCase("client_id")]
    [TestCase("scope")]
    [TestCase("sub")]
    [TestCase("jti")]
    [TestCase("iss")]
    public async Task Each_claim_of_this_server_is_needed(string claim)
    {
        Host();
        (await ReadAsync(await SignAsync(c => c.Remove(claim)))).Should().BeNull();
    }

    [TestCase("iss", "https://evil.example.com")]
    [TestCase("scope", "re\\ad")]
    [TestCase("exp", "soon")]
    [TestCase("cnf", "text")]
    [TestCase("cnf", 7)]
    [TestCase("cnf", true)]
    [TestCase("sub", "")]
    [TestCase("jti", "")]
    [TestCase("iat", -1L)]
    [TestCase("nbf", -1L)]
    [TestCase("iat", 253_402_300_800)]
    [TestCase("exp", 253_402_300_800)]
    public async Task A_claim_that_cannot_be_is_refused(string claim, object value)
    {
        Host();
        (await ReadAsync(await SignAsync(c => c[claim] = JsonValue.Create(value)))).Should().BeNull();
    }

    [Test]
    public async Task A_time_is_a_second_of_the_years_1970_to_9999()
    {
        Host();
        var token = (await ReadAsync(await SignAsync(c => (c["iat"], c["nbf"], c["exp"]) = (0, 0, 253_402_300_799))))!;

        (token.IssuedAt, token.ExpiresAt)
            .Should()
            .Be((DateTimeOffset.UnixEpoch, new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero)));
    }

    [Test]
    public async Task A_token_that_is_bound_in_another_way_is_no_bearer_token()
    {
        Host();
        foreach (var other in new[] { """{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}""", """{"jkt":7}""", "{}", "[]" })
            (await ReadAsync(await SignAsync(c => c["cnf"] = JsonNode.Parse(other)))).Should().BeNull(other);
    }

    [Test]
    public async Task It_is_valid_from_its_nbf_to_the_moment_before_its_exp()
    {
        Host();
        var text = await SignAsync();

        clock.Now = now.AddSeconds(-1);
        (await ReadAsync(text)).Should().BeNull();
        clock.Now = now;
        (await ReadAsync(text)).Should().NotBeNull();
        clock.Now = now.AddMinutes(5).AddTicks(-1);
        (await ReadAsync(text)).Should().NotBeNull();
        clock.Now = now.AddMinutes(5);
        (await ReadAsync(text)).Should().BeNull("it was verified before, and has expired since");
    }

    [Test]
    public async Task An_expired_token_is_refused_by_a_process_that_has_not_seen_it()
    {
        Host();
        var text = await SignAsync();

        clock.Now = now.AddMinutes(5);
        (await ReadAsync(text)).Should().BeNull();
        clock.Now = now;
        (await ReadAsync(text)).Should().NotBeNull("a refused token is not remembered");
        Reader.Verifications.Should().Be(2);
    }

    [Test]
    public async Task A_signature_is_verified_once()
    {
        Host();
        var text = await SignAsync();

        for (var i = 0; i < 3; i++)
            (await ReadAsync(text)).Should().NotBeNull();

        Reader.Verifications.Should().Be(1);
    }

    [Test]
    public async Task A_token_whose_key_is_gone_is_refused_although_it_was_verified()
    {
        var inner = new InMemoryKeyStore();
        Host(new(inner));
        var text = await SignAsync();
        (await ReadAsync(text)).Should().NotBeNull();

        foreach (var key in await inner.ListAsync(default))
            await inner.RemoveAsync(key.Id, default);
        clock.Advance(TimeSpan.FromMinutes(2));
        await host.Get<TokenKeys>().LookAgainAsync(default);

        (await ReadAsync(text)).Should().BeNull();
    }

    [TestCase("JWT")]
    [TestCase("dpop+jwt")]
    [TestCase(null)]
    [Rfc("9068-4-2")]
    public async Task Another_type_is_refused(string? type)
    {
        Host();
        (await ReadAsync(await SignAsync(header: h => Set(h, "typ", type)))).Should().BeNull();
    }

    [Test, Rfc("9068-4-2")]
    public async Task Another_key_or_algorithm_is_refused()
    {
        Host();
        var right = await SignAsync();
        var kid = new JsonWebToken(right).Kid;

        // The key of a stranger under the right name, no signature at all, and the public key as a shared secret.
        (await ReadAsync(ProofKey.New(kid: kid).Sign(Claims(), "at+jwt")))
            .Should()
            .BeNull();
        (await ReadAsync(Encode($$"""{"alg":"none","typ":"at+jwt","kid":"{{kid}}"}""") + "." + right.Split('.')[1] + "."))
            .Should()
            .BeNull();
        (
            await ReadAsync(
                Encode($$"""{"alg":"none","typ":"at+jwt","kid":"{{kid}}"}""") + "." + right.Split('.')[1] + "." + right.Split('.')[2]
            )
        )
            .Should()
            .BeNull();
        (await ReadAsync(await SignAsync(header: h => h["alg"] = "HS256"))).Should().BeNull();
    }

    [Test, Rfc("9068-4-2")]
    public async Task A_header_with_an_extension_is_refused()
    {
        Host();
        (await ReadAsync(await SignAsync(header: h => h["crit"] = new JsonArray("exp")))).Should().BeNull();
    }

    [Test]
    public async Task Only_one_spelling_of_a_token_is_read()
    {
        Host();
        var text = await SignAsync();
        var parts = text.Split('.');

        foreach (
            var other in new[]
            {
                "",
                ".",
                "..",
                text + "=",
                text + ".",
                "." + text,
                text + ".x",
                text[..^1],
                $"{parts[0]}..{parts[2]}",
                $"{parts[0]}.{parts[1]}",
                $"{parts[0]}.{parts[1]}.",
                $"{parts[0]}.{parts[1]}.{parts[2]} ",
                $"{parts[0]}.{parts[1]}.{parts[2]}.x.y",
                OtherSpelling(text),
            }
        )
            (await ReadAsync(other)).Should().BeNull("'{0}'", other);
        Reader.Verifications.Should().Be(0, "the spelling is looked at first");
        (await ReadAsync(text)).Should().NotBeNull();
    }

    [Test]
    public async Task A_text_beyond_the_greatest_length_is_not_looked_at()
    {
        Host();
        var longest = await SignAsync(c => c["pad"] = new string('x', 9_000));
        longest.Length.Should().BeLessThan(AccessToken.MaxLength);

        (await ReadAsync(longest)).Should().NotBeNull();
        Reader.Verifications.Should().Be(1);
        (await ReadAsync(await SignAsync(c => c["pad"] = new string('x', 14_000)))).Should().BeNull();
        Reader.Verifications.Should().Be(1);
    }

    [Test]
    public async Task A_text_of_the_greatest_length_is_read()
    {
        Host();
        string text;
        var pad = 11_900;
        do text = await SignAsync(c => c["pad"] = new string('x', pad++));
        while (text.Length < AccessToken.MaxLength);

        text.Length.Should().Be(AccessToken.MaxLength);
        (await ReadAsync(text)).Should().NotBeNull();
    }

    [Test]
    public async Task A_key_of_another_node_is_looked_for_and_a_stranger_costs_no_look()
    {
        var store = new ScriptedKeyStore(new InMemoryKeyStore());
        Host(store);
        var known = new JsonWebToken(await SignAsync()).Kid;
        clock.Advance(TimeSpan.FromMinutes(10));
        var before = store.Reads;
        (await ReadAsync(ProofKey.New(kid: known).Sign(Claims(), "at+jwt"))).Should().BeNull();
        store.Reads.Should().Be(before, "its key is known, and its signature wrong");
        (await ReadAsync($"{Encode("no header")}.{Encode("{}")}.AAAA")).Should().BeNull();
        store.Reads.Should().Be(before, "it names no key");

        (await ReadAsync(ProofKey.New(kid: "signing-9").Sign(Claims(), "at+jwt"))).Should().BeNull();
        store.Reads.Should().Be(before + 1);
    }

    [Test]
    public async Task An_opaque_token_is_read_and_its_parts_are_not_exchangeable()
    {
        Host(format: AccessTokenFormat.Opaque);
        var text = await OpaqueAsync(await SignAsync());
        var parts = text.Split('.');

        (await ReadAsync(text))!.Subject.Should().Be("alice");
        (await ReadAsync($"{parts[0]}.AAAA.{parts[2]}.{parts[3]}.{parts[4]}")).Should().BeNull("no encrypted key belongs beside 'dir'");
        (await ReadAsync($"{parts[0]}..{parts[2]}..{parts[4]}")).Should().BeNull();
        (await ReadAsync($"..{parts[2]}.{parts[3]}.{parts[4]}")).Should().BeNull();
        (await ReadAsync($"{parts[0]}..{parts[2]}.{parts[3]}.{parts[4]}=")).Should().BeNull();
        (await ReadAsync(await OpaqueAsync(await SignAsync(header: h => h["crit"] = new JsonArray("exp"))))).Should().BeNull();
        (await ReadAsync(await OpaqueAsync(ProofKey.New().Sign(Claims(), "at+jwt")))).Should().BeNull();
    }

    private void Host(ScriptedKeyStore? store = null, AccessTokenFormat format = AccessTokenFormat.Jwt) =>
        host = new(
            o => o.AccessTokenFormat = format,
            clock,
            s =>
            {
                if (store is not null)
                    s.AddSingleton<IKeyStore>(store);
            }
        );

    private AccessTokenReader Reader => host.Get<AccessTokenReader>();

    private ValueTask<AccessToken?> ReadAsync(string text) => Reader.ReadAsync(text, default);

    private static JsonObject Claims() =>
        new()
        {
            ["iss"] = "https://auth.example.com",
            ["aud"] = "https://auth.example.com",
            ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds(),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["sub"] = "alice",
            ["client_id"] = "app",
            ["jti"] = "id",
            ["scope"] = "read write",
        };

    /// <summary>A token by the server's own key, with other claims or another header.</summary>
    private async Task<string> SignAsync(Action<JsonObject>? claims = null, Action<JsonObject>? header = null)
    {
        var ring = await host.Get<TokenKeys>().CurrentAsync(default);
        var credentials = KeyRotation.ActiveAt(ring.Signing, now).Credentials;
        var (body, head) = (Claims(), new JsonObject());
        (head["alg"], head["kid"], head["typ"]) = (credentials.Algorithm, credentials.Key.KeyId, "at+jwt");
        claims?.Invoke(body);
        header?.Invoke(head);
        var data = Encode(head.ToJsonString()) + "." + Encode(body.ToJsonString());
        var provider = credentials.Key.CryptoProviderFactory.CreateForSigning(credentials.Key, credentials.Algorithm);
        return data + "." + Base64Url.EncodeToString(provider.Sign(Encoding.ASCII.GetBytes(data)));
    }

    private async Task<string> OpaqueAsync(string signed)
    {
        var ring = await host.Get<TokenKeys>().CurrentAsync(default);
        return new JsonWebTokenHandler().EncryptToken(
            signed,
            KeyRotation.ActiveAt(ring.Encryption, now).Credentials,
            new Dictionary<string, object> { ["typ"] = AccessToken.Type }
        );
    }

    // The last character of 64 bytes in base64url has four spare bits, which are zero.
    private static string OtherSpelling(string text)
    {
        const string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return text[..^1] + digits[digits.IndexOf(text[^1], StringComparison.Ordinal) ^ 1];
    }

    private static void Set(JsonObject header, string name, string? value)
    {
        header.Remove(name);
        if (value is not null)
            header[name] = value;
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
