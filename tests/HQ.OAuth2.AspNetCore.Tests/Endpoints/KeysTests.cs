using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HQ.OAuth2.Tests;
using Microsoft.IdentityModel.Tokens;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The key set at jwks_uri (RFC 8414 §2, RFC 7517 §5).</summary>
internal sealed class KeysTests
{
    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => app = await TestApp.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test, Rfc("8414-2-4")]
    public async Task Every_key_is_public_named_and_for_signatures()
    {
        var document = await app.GetAsync("/oauth2/jwks");
        (document.Status, document.ContentType).Should().Be((200, "application/json"));
        var keys = document.Json.GetProperty("keys").EnumerateArray().ToList();
        keys.Should().NotBeEmpty();
        foreach (var key in keys)
        {
            key.EnumerateObject().Select(m => m.Name).Should().BeEquivalentTo(["kty", "use", "alg", "kid", "crv", "x", "y"]);
            key.GetProperty("use").GetString().Should().Be("sig");
            key.GetProperty("alg").GetString().Should().Be("ES256");
            key.GetProperty("kid").GetString().Should().NotBeNullOrEmpty();
        }
    }

    [Test, Rfc("8414-2-4")]
    public async Task An_access_token_verifies_with_the_key_it_names()
    {
        var token = (await app.TokensAsync("web")).Text("access_token")!.Split('.');
        var header = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token[0])).RootElement;
        var key = (await app.GetAsync("/oauth2/jwks"))
            .Json.GetProperty("keys")
            .EnumerateArray()
            .Single(k => k.GetProperty("kid").GetString() == header.GetProperty("kid").GetString());
        byte[] Coordinate(string name) => Base64UrlEncoder.DecodeBytes(key.GetProperty(name).GetString());
        using var ecdsa = ECDsa.Create(
            new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new() { X = Coordinate("x"), Y = Coordinate("y") },
            }
        );
        var signed = Encoding.ASCII.GetBytes($"{token[0]}.{token[1]}");
        var signature = Base64UrlEncoder.DecodeBytes(token[2]);
        ecdsa.VerifyData(signed, signature, HashAlgorithmName.SHA256).Should().BeTrue();
        signed[^1] ^= 1;
        ecdsa.VerifyData(signed, signature, HashAlgorithmName.SHA256).Should().BeFalse();
    }

    [Test]
    public async Task Get_and_head_at_the_one_place_are_answered_and_nothing_else()
    {
        (await app.SendAsync(new(HttpMethod.Head, "/oauth2/jwks"))).Should().Match<Answer>(a => a.Status == 200 && a.Body == "");
        (await app.PostAsync("/oauth2/jwks")).Status.Should().Be(405);
        (await app.GetAsync("/oauth2/jwks/")).Status.Should().Be(404);
        (await app.GetAsync("/oauth2/JWKS")).Status.Should().Be(404);
    }

    [Test]
    public async Task The_key_of_opaque_tokens_is_not_published()
    {
        await using var opaque = await TestApp.StartAsync(o => o.AccessTokenFormat = AccessTokenFormat.Opaque);
        var token = (await opaque.TokensAsync("web")).Text("access_token")!;
        var kids = (await opaque.GetAsync("/oauth2/jwks"))
            .Json.GetProperty("keys")
            .EnumerateArray()
            .Select(k => k.GetProperty("kid").GetString());
        Encoding.UTF8.GetString(Base64UrlEncoder.DecodeBytes(token.Split('.')[0])).Should().NotContainAny(kids);
        (await opaque.IntrospectAsync(token)).Json.GetProperty("active").GetBoolean().Should().BeTrue();
    }
}
