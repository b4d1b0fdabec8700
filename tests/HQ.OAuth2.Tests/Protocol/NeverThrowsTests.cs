using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace HQ.OAuth2;

/// <summary>Every parser of outside input returns a result for any input: arbitrary bytes, and damaged real input.</summary>
internal sealed class NeverThrowsTests
{
    private const int Mutants = 20_000;

    private static readonly string id = Guid.Empty.ToString("N");

    private static readonly string[] forms =
    [
        "grant_type=authorization_code&code=x&redirect_uri=https%3A%2F%2Fc.example%2Fcb&code_verifier=abc+def&resource=a&resource=b",
        "state=%C3%A9%F0%9F%98%80&scope=&&=&a=b=c",
    ];

    private static readonly string[] registrations =
    [
        """{"redirect_uris":["https://c.example/cb"],"client_name":"a\u00e9\ud83d\ude00","grant_types":["authorization_code"],"scope":null}""",
        """{"jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b"}]},"contacts":["a@b.example"],"client_name#ja":"x","x":{"y":[1.5e3,true]}}""",
        """{"\ud800":1,"client_name":"\udc00","jwks":{"keys":[{"kty":"\ud800"}]},"redirect_uris":["\ud800"]}""",
        """{"a":1,"a":2}""",
    ];

    private static readonly string[] uris =
    [
        "https://user@c.example:8443/a/../b?x=1&code=2#f",
        "http://127.0.0.1:3000/cb?x",
        "http://[::1]:1/cb",
        "com.example.app:/cb?%63ode=%GG",
        "https://[::1/cb?%",
    ];

    [Test]
    public void Parameters_are_parsed_or_refused() => Everything(forms, bytes => _ = OAuthParameters.Parse(bytes));

    [Test]
    public void Registrations_are_parsed_or_refused() =>
        Everything(
            registrations,
            bytes => _ = ClientMetadataJson.Parse(bytes).Failed(out _, out var m) || m!.Checked(Policy).Error is null
        );

    [Test]
    public void Codes_are_parsed_or_refused() =>
        Everything(
            [AuthorizationCode.New(id).ToWire()],
            bytes =>
            {
                _ = AuthorizationCode.TryParse(Encoding.Latin1.GetString(bytes), out _);
                // Garbage inside a right checksum, as only a holder of our code could make it.
                _ = AuthorizationCode.TryParse(Resealed(bytes), out _);
            }
        );

    [Test]
    public void Refresh_tokens_are_parsed_or_refused() =>
        Everything(
            [RefreshToken.New(id).ToWire(), $"hqr_{id}.99999999999.x", "hqr_..."],
            bytes =>
            {
                _ = RefreshToken.TryParse(Encoding.Latin1.GetString(bytes), out _);
                _ = RefreshToken.TryParse(Resealed(bytes), out _);
            }
        );

    [Test]
    public void Redirect_uris_are_judged() =>
        Everything(
            uris,
            bytes =>
            {
                var uri = Encoding.UTF8.GetString(bytes);
                // A URI that may be registered matches itself and can be shown.
                if (RedirectUris.Problem(uri, ClientType.Public, ["cursor"]) is not null)
                    return;
                RedirectUris.Matches(uri, [uri], ClientType.Confidential).Should().BeTrue();
                UriText.DisplayHost(uri).Should().NotBeEmpty();
                if (UriText.IsHttps(uri))
                    Uri.TryCreate(uri, UriKind.Absolute, out _).Should().BeTrue(uri);
            }
        );

    [Test]
    public void Other_texts_from_outside_are_judged() =>
        Everything(
            ["Bearer abc=", "https://auth.example.com/a", "read write"],
            bytes =>
            {
                var text = Encoding.UTF8.GetString(bytes);
                _ = BearerTokens.Read([text]);
                _ = ScopeSet.Parse(text);
                _ = ResourcePolicy.IsResourceUri(text);
                _ = ClientSecrets.IsUsableHash(text);
                if (Issuer.TryParse(text, out var issuer, out _))
                    issuer.Value.Should().Be(text);
            }
        );

    private static ClientPolicy Policy { get; } = Given.Policies(Given.Options()).ForSelfRegistration();

    private static void Everything(string[] samples, Action<byte[]> read)
    {
        Prop.ForAll<byte[]>(bytes => Judge(bytes, read)).QuickCheckThrowOnFailure();
        Prop.ForAll<string>(text => Judge(Encoding.UTF8.GetBytes(text ?? ""), read)).QuickCheckThrowOnFailure();
        foreach (var sample in samples)
            Judge(Encoding.UTF8.GetBytes(sample), read);
        for (var seed = 0; seed < Mutants; seed++)
        {
            var random = new Random(seed);
            Judge(Mutant(Encoding.UTF8.GetBytes(samples[random.Next(samples.Length)]), random), read);
        }
    }

    private static void Judge(byte[] bytes, Action<byte[]> read)
    {
        try
        {
            read(bytes);
        }
        catch (Exception e)
        {
            throw new AssertionException($"{Convert.ToHexString(bytes)} ({Encoding.Latin1.GetString(bytes)}): {e}", e);
        }
    }

    private static byte[] Mutant(byte[] sample, Random random)
    {
        ReadOnlySpan<byte> tasty = "%&=+\"\\{}[]:,./?#@*\0 \r\n\u00ff"u8;
        var bytes = sample.ToList();
        for (var i = random.Next(1, 6); i > 0 && bytes.Count > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] = tasty[random.Next(tasty.Length)];
                    break;
                case 2:
                    bytes.Insert(at, tasty[random.Next(tasty.Length)]);
                    break;
                case 3:
                    bytes.RemoveRange(at, random.Next(bytes.Count - at));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, random.Next(Math.Min(20, bytes.Count - at))));
                    break;
            }
        }

        return [.. bytes];
    }

    private static string Resealed(byte[] bytes)
    {
        var text = new string([.. bytes.Select(b => (char)(b & 0x7f)).Where(c => c > ' ' && c < 127).Take(500)]);
        return IssuedText.Seal(text.Length > 6 ? text[..^6] : text);
    }
}
