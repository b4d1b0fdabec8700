using System.Text.Json;
using System.Text.RegularExpressions;

namespace HQ.OAuth2.Fuzz;

/// <summary>
/// Clients that describe themselves: by a registration (RFC 7591 §2, §3.2.2), and by a metadata document
/// (draft-ietf-oauth-client-id-metadata-document §4.1), whose URL is the first line of an input.
/// </summary>
internal static partial class MetadataTarget
{
    private static readonly string[] errors = ["invalid_redirect_uri", "invalid_client_metadata"];
    private static readonly string[] scopes = ["read", "write", "delete"];
    private static readonly string[] grants = ["authorization_code", "refresh_token"];
    private static readonly string[] methods = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"];

    public static bool Registration(byte[] input)
    {
        var policy = Server.Policies.ForSelfRegistration();
        if (ClientMetadataJson.Parse(input).Failed(out var malformed, out var sent))
        {
            Rule.Holds(errors.Contains(malformed.Code), $"The error of a registration is of RFC 7591 §3.2.2, not {malformed.Code}.");
            return false;
        }

        // An administrator is told about every error; who registers himself, about the first.
        _ = sent.AllProblems(Server.Policies.ForAdministrator(ClientProvenance.Api));
        if (sent.Checked(policy).Failed(out var error, out var metadata))
        {
            Rule.Holds(errors.Contains(error.Code), $"The error of a registration is of RFC 7591 §3.2.2, not {error.Code}.");
            Rule.Holds(
                error.Description.All(c => c is >= ' ' and <= '~' and not ('"' or '\\')),
                "A description has the characters of RFC 6749 §5.2."
            );
            return false;
        }

        var client = metadata.ToClient("hqc_1", ClientProvenance.Dcr, null, []);
        Check(client, metadata);
        Rule.Agrees(
            metadata.Checked(policy).Value.ToClient("hqc_1", ClientProvenance.Dcr, null, []).ToJson(),
            client.ToJson(),
            "A registration that was answered and is sent again"
        );
        return true;
    }

    public static bool Document(byte[] input)
    {
        var end = Array.IndexOf(input, (byte)'\n') is >= 0 and var at ? at : input.Length;
        var (url, body) = (Reference.Text(input[..end]), input[Math.Min(input.Length, end + 1)..]);
        var isUrl = ClientDocumentUrl.Problem(url, Server.Settings.Options.Documents) is null;
        if (isUrl)
        {
            // §3: what is fetched is what was compared.
            Rule.Holds(Url().IsMatch(url), $"The URL of a document is a plain one: {url}");
            Rule.Holds(
                Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.AbsoluteUri == url && uri.Scheme == "https",
                "A URL is fetched as it is written."
            );
            Rule.Agrees(ClientDocumentUrl.Origin(url), uri!.GetLeftPart(UriPartial.Authority), "The origin of a document");
        }

        if (ClientDocument.Read(url, body, Server.Policies.ForDocument(), Server.Settings.Options).Failed(out var error, out var described))
        {
            Rule.Holds(errors.Contains(error.Code), $"The error of a document is one of a registration, not {error.Code}.");
            return false;
        }

        var (client, json) = (described.Client, JsonElement.Parse(body));
        Rule.Agrees(json.GetProperty("client_id").GetString(), url, "The URL that a document names");
        Rule.Holds(!json.TryGetProperty("client_secret", out _), "A published secret is none.");
        Rule.Holds(client.TokenEndpointAuthMethod is "none" or "private_key_jwt", "A document has no shared secret.");
        Rule.Holds(client.ClientName is { Length: > 0 } && client.RedirectUris.Count > 0, "A document has a name and a redirect URI.");
        Rule.Holds(
            client.TokenEndpointAuthMethod == "none"
                || client.JwksUri is not { } place
                || place.StartsWith(ClientDocumentUrl.Origin(url) + "/", StringComparison.Ordinal),
            "A document has its keys on its own origin."
        );
        Check(client, null);
        return isUrl;
    }

    // What holds of every client that describes itself.
    private static void Check(Client client, ClientMetadata? metadata)
    {
        Rule.Holds(
            client.RedirectUris.All(u => RedirectUriTarget.IsSafe(u, client.Type, Server.Settings.Options.PrivateUseSchemes)),
            "A redirect URI is safe."
        );
        Rule.Holds(
            client.RedirectUris.Count <= 50 && client.RedirectUris.Distinct().Count() == client.RedirectUris.Count,
            "No redirect URI is there twice."
        );
        Rule.Holds(client.GrantTypes.Count > 0 && client.GrantTypes.All(grants.Contains), "A grant type is one for anybody.");
        Rule.Holds(!client.GrantTypes.Contains("authorization_code") || client.RedirectUris.Count > 0, "A code goes to a redirect URI.");
        Rule.Holds(client.Scope is null || client.Scope.All(scopes.Contains), "A scope is known.");
        Rule.Holds(methods.Contains(client.TokenEndpointAuthMethod), "A method is known.");
        Rule.Agrees(client.Type == ClientType.Public, client.TokenEndpointAuthMethod == "none", "Whether a client is public");
        Rule.Holds(
            new[] { client.ClientName, client.SoftwareId, client.SoftwareVersion }.Concat(client.Contacts).All(IsPlain),
            "A text has no control character."
        );
        Rule.Holds(
            new[] { client.ClientUri, client.LogoUri, client.TosUri, client.PolicyUri, client.JwksUri }.All(u =>
                u is null || Url().IsMatch(u)
            ),
            "A link is a plain https URL."
        );
        Rule.Holds(!client.Trusted && client.Introspects.Count == 0 && client.IsSelfRegistered, "A client gives itself no rights.");
        Rule.Holds(client.Jwks is null || !SecretMember().IsMatch(client.Jwks), "No private key is kept.");
        Rule.Holds(client.TokenEndpointAuthMethod != "private_key_jwt" || client.HasKeys, "A client that signs has keys.");
        if (metadata is not null)
            Rule.ListsAgree(
                metadata.ResponseTypes!,
                client.GrantTypes.Contains("authorization_code") ? ["code"] : [],
                "The response types (§2.1)"
            );

        // Stored and read again it is the same.
        Rule.Agrees(Client.FromJson(client.ToJson()).ToJson(), client.ToJson(), "A client that was stored");
        Rule.Holds(client.NameKey.Length <= 256, "The key of a name is short.");
        Rule.Holds(!DisplayName.Of(client).Any(char.IsControl), "A name is shown without control characters.");
    }

    private static bool IsPlain(string? text) => text is null || (text.Length <= 256 && !Deceptive().IsMatch(text));

    [GeneratedRegex(@"[\p{Cc}\p{Co}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")]
    private static partial Regex Deceptive();

    // Host, optional port, and a rest without fragment.
    [GeneratedRegex(
        @"\Ahttps://(?:[A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\])(?::[1-9][0-9]{0,4})?(?:[/?][A-Za-z0-9\-._~:/?\[\]@!$&'()+,;=%]*)?\z"
    )]
    private static partial Regex Url();

    [GeneratedRegex("\"(d|p|q|dp|dq|qi|oth|k)\":")]
    private static partial Regex SecretMember();
}
