using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.IdentityModel.JsonWebTokens;

namespace HQ.OAuth2.Fuzz;

/// <summary>
/// Access tokens of the server (RFC 9068 §4): one, or a header and a payload that are signed here (<see cref="Server.Jwt"/>). With <c>E</c> before
/// the brace the signed token is encrypted, as opaque tokens are.
/// </summary>
internal sealed class AccessTokenTarget : IDisposable
{
    private static readonly JsonWebTokenHandler handler = new();

    private readonly ECDsa pair = Server.Key("the key of the server");
    private readonly TokenKeys keys;
    private readonly EncryptionKey encryption;

    public AccessTokenTarget()
    {
        var secret = Enumerable.Range(0, 5).SelectMany(i => SHA256.HashData([(byte)i])).Take(80).ToArray();
        encryption = EncryptionKey.Read("encryption-1", Server.Now, secret);
        var store = new InMemoryKeyStore();
        Add("signing-1", pair.ExportPkcs8PrivateKey());
        Add("encryption-1", secret);
        keys = new(
            store,
            new(Convert.ToBase64String, Convert.FromBase64String),
            Server.Settings,
            Server.Clock,
            NullLogger<TokenKeys>.Instance
        );

        void Add(string id, byte[] key) =>
            Rule.Holds(
                store.TryAddAsync(new(id, Server.Now, Convert.ToBase64String(key)), default).AsTask().GetAwaiter().GetResult(),
                "The key is added."
            );
    }

    public void Dispose() => keys.Dispose();

    public bool AccessToken(byte[] input)
    {
        var text = Reference.Latin(input);
        var isEncrypted = text.StartsWith("E{", StringComparison.Ordinal);
        var signed = Server.Jwt(isEncrypted ? text[1..] : text, pair);
        if (isEncrypted)
        {
            var header = new Dictionary<string, object> { ["typ"] = OAuth2.AccessToken.Type };
            text = handler.EncryptToken(signed, encryption.Credentials, header);
        }
        else
        {
            text = signed;
        }

        // Each run has a reader of its own, which remembers nothing.
        if (Read(text) is not { } token)
            return false;
        if (isEncrypted || text.Count(c => c == '.') == 2)
            Check(signed, token);
        else
            Rule.Holds(text.Split('.') is [_, "", _, _, _], "An encrypted token has five parts, and no key in it.");
        Rule.Holds(Read(Server.Changed(text, 5)) is null, $"A token that was changed is refused: {Server.Changed(text, 5)}");
        return true;
    }

    private AccessToken? Read(string text)
    {
        var reader = new AccessTokenReader(keys, Server.Settings, Server.Clock);
        var token = reader.ReadAsync(text, default).AsTask().GetAwaiter().GetResult();
        var again = reader.ReadAsync(text, default).AsTask().GetAwaiter().GetResult();
        Rule.Agrees(again?.JwtId, token?.JwtId, "A token that is read twice");
        return token;
    }

    private void Check(string jwt, AccessToken token)
    {
        Rule.Holds(Server.IsSigned(jwt, pair), "A token has the signature of this server.");
        var header = Members(jwt.Split('.')[0]);
        var claims = Members(jwt.Split('.')[1]);
        Rule.Holds(HasType(header, "at+jwt") || HasType(header, "application/at+jwt"), "The type is at+jwt (RFC 9068 §4).");
        Rule.Holds(Has(header, "alg", "ES256"), "The algorithm is that of the key, and never none.");
        Rule.Holds(!header.Any(m => m.Name == "crit"), "No extension is understood.");
        Rule.Holds(Has(claims, "iss", Server.Issuer), "The issuer is this server.");
        Rule.Holds(
            Has(claims, "client_id", token.ClientId) && Has(claims, "sub", token.Subject),
            "Client and subject are those of the token."
        );
        Rule.Holds(token.ExpiresAt > Server.Now, "A token is not expired.");
        Rule.Holds(token.Scope.IsEmpty || Reference.Scope().IsMatch(token.Scope.ToString()), "A scope is one.");
        Rule.Holds(token.Key is not null || !claims.Any(m => m.Name == "cnf"), "A bound token is no bearer token.");
    }

    private static bool Has(List<(string Name, JsonElement Value)> members, string name, string value) =>
        members.Any(m => m.Name == name && m.Value.ValueKind == JsonValueKind.String && m.Value.GetString() == value);

    // A media type has no case (RFC 9110 §8.3.1); everything else has.
    private static bool HasType(List<(string Name, JsonElement Value)> header, string type) =>
        header.Any(m =>
            m.Name == "typ"
            && m.Value.ValueKind == JsonValueKind.String
            && m.Value.GetString()!.Equals(type, StringComparison.OrdinalIgnoreCase)
        );

    // Names twice are kept, and what follows the object is not read: the library decides about both, and only this server signs.
    private static List<(string Name, JsonElement Value)> Members(string part)
    {
        var reader = new Utf8JsonReader(
            Reference.Base64Url(part),
            new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip }
        );
        var json = JsonElement.ParseValue(ref reader);
        return [.. json.EnumerateObject().Select(m => (m.Name, m.Value))];
    }
}
