using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace HQ.OAuth2.Fuzz;

/// <summary>The Authorization header by which a client names itself (RFC 7617 §2, RFC 6749 §2.3.1). An input is the value of the header.</summary>
internal static class BasicTarget
{
    private static readonly ClientSecrets secrets = new(Server.Settings, Server.Clock, NullLogger<ClientSecrets>.Instance);
    private static readonly ClientSecretBasic basic = new(secrets);

    public static bool Basic(byte[] input)
    {
        var header = Reference.Latin(input);
        var proof = basic.Read(new() { Authorization = [header] });
        Rule.Holds(basic.Read(new() { Authorization = [header, header] }) is null, "Two headers are none.");

        // RFC 9110 §11.1: the scheme in any case, then a space or nothing.
        var (scheme, rest) = (header.Split(' ')[0], header.Contains(' ') ? header[header.IndexOf(' ')..].Trim(' ') : "");
        Rule.Agrees(proof is not null, scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase), "Whether a header is of Basic");
        if (proof is null)
            return false;
        if (Credentials(rest) is not var (id, secret))
        {
            Rule.Holds(proof.ClientId is null, $"A malformed header names no client, but it named {proof.ClientId}.");
            return false;
        }

        Rule.Agrees(proof.ClientId, id, "The client id of a header");
        Rule.Agrees(((SecretProof)proof).IsEmpty, secret.Length == 0, "Whether a secret is empty");
        if (secret.Length is > 0 and < 200 && Encoding.UTF8.GetByteCount(secret) <= ForeignHash.MaxSecretBytes)
            Rule.Holds(IsOf(proof, id, secret), $"The secret of a header is read as it was sent: {secret}.");
        return true;
    }

    // Form-decoded after base64, each part by itself (RFC 6749 §2.3.1); a client has an id.
    private static (string Id, string Secret)? Credentials(string encoded)
    {
        byte[] bytes;
        try
        {
            bytes = encoded.Any(char.IsWhiteSpace) ? [] : Convert.FromBase64String(encoded);
        }
        catch (FormatException)
        {
            return null;
        }

        var parts = Reference.Latin(bytes).Split(':', 2);
        return
            parts.Length == 2
            && parts[0].Length > 0
            && Reference.FormValue(parts[0]) is { } id
            && Reference.FormValue(parts[1]) is { } secret
            ? (id, secret)
            : null;
    }

    // The proof is right for the client that has this secret.
    private static bool IsOf(ClientProof proof, string id, string secret)
    {
        var hash = ForeignHash.Sha256 + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
        var client = Server.Client(id, ClientType.Confidential) with { Secrets = [new() { Hash = hash }] };
        return proof.IsOfAsync(client, default).AsTask().GetAwaiter().GetResult();
    }
}
