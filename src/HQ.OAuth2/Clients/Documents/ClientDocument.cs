using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace HQ.OAuth2;

/// <summary>A client's metadata document as a client (draft-ietf-oauth-client-id-metadata-document §4.1).</summary>
internal static class ClientDocument
{
    private static readonly string[] secretMembers = ["client_secret", "client_secret_expires_at"];
    private static readonly string[] keyMembers = ["jwks", "jwks_uri"];

    /// <param name="clientId">The URL that the document was fetched from.</param>
    /// <param name="body">The content of the document.</param>
    /// <param name="policy">The rules for clients of this kind.</param>
    /// <param name="options">The settings.</param>
    /// <returns>The client, or the error of the document.</returns>
    public static Outcome<DescribedClient> Read(string clientId, ReadOnlyMemory<byte> body, ClientPolicy policy, HqOAuth2Options options) =>
        ClientMetadataJson.Parse(body, json => Read(clientId, json, policy, options));

    private static Outcome<DescribedClient> Read(string clientId, JsonElement json, ClientPolicy policy, HqOAuth2Options options)
    {
        // §4.1: the document names its own URL; the two are compared as plain strings.
        if (!json.TryGetProperty("client_id", out var named) || named.ValueKind != JsonValueKind.String || !named.ValueEquals(clientId))
            return OAuthError.InvalidClientMetadata("client_id", "must be the URL of the document, to the letter");

        // §4.1: a document is public, so it may have no secret.
        foreach (var member in secretMembers)
        {
            if (json.TryGetProperty(member, out _))
                return OAuthError.InvalidClientMetadata(member, "must be absent: a published secret is none");
        }

        if (ClientMetadataJson.Read(json).Failed(out var malformed, out var published))
            return malformed;
        if (published.TokenEndpointAuthMethod is { } method && OAuthClientAuthenticationMethods.IsSharedSecret(method))
            return OAuthError.InvalidClientMetadata("token_endpoint_auth_method", "must not need a secret that both sides know");

        // A document is one for all servers, and nobody answers it: a client that lists both methods may use either. It is a public client here,
        // whose signature is checked when it sends one.
        if (published.Prefers(OAuthClientAuthenticationMethods.PrivateKeyJwt) && published.Offers(OAuthClientAuthenticationMethods.None))
            published = published with { TokenEndpointAuthMethod = OAuthClientAuthenticationMethods.None };

        // §4.1: all other rules are those for any client that registers itself.
        if (published.Checked(policy).Failed(out var error, out var metadata))
            return error;
        if (!metadata.GrantTypes!.Contains(OAuthGrantTypes.AuthorizationCode))
            return OAuthError.InvalidClientMetadata("grant_types", "must have authorization_code");
        // MCP 2026-07-28, Client Registration: required here, optional in RFC 7591.
        if (metadata.ClientName is null)
            return OAuthError.InvalidClientMetadata("client_name", "is missing");
        if (options.Documents.SameOrigin && metadata.RedirectUris!.Any(uri => !IsOfOrigin(uri, clientId)))
            return OAuthError.InvalidRedirectUri("By documents:sameOrigin a redirect URI is on the host of the document, or on loopback.");
        var client = metadata.ToClient(clientId, ClientProvenance.Cimd, options.DefaultOrg, []) with
        {
            DocumentHash = Hash(json, metadata),
        };
        // A document vouches for keys on its own origin only.
        if (client.ProvesItselfByKeys && client.JwksUri is { } keys && ClientDocumentUrl.Origin(keys) != ClientDocumentUrl.Origin(clientId))
            return OAuthError.InvalidClientMetadata("jwks_uri", "must be on the origin of the document");
        return new DescribedClient(client, metadata.LeftOut);
    }

    // §6.3: the members that a user's consent rests on, and those by which the client proves its identity.
    private static string Hash(JsonElement json, ClientMetadata metadata)
    {
        var keys = keyMembers.Select(name => json.TryGetProperty(name, out var value) ? value.GetRawText() : "");
        string[] facts = [metadata.TokenEndpointAuthMethod!, .. keys, .. metadata.RedirectUris!.Order(StringComparer.Ordinal)];
        return Base64Url.EncodeToString(IssuedText.Hash(Encoding.UTF8.GetBytes(string.Join('\n', facts))));
    }

    private static bool IsOfOrigin(string uri, string clientId) =>
        UriText.IsLoopback(uri) || (UriText.IsHttps(uri) && ClientDocumentUrl.Origin(uri) == ClientDocumentUrl.Origin(clientId));
}

/// <summary>A client as its document describes it.</summary>
/// <param name="Client">The client.</param>
/// <param name="LeftOut">The parts of the description that this server left out, for the log.</param>
internal sealed record DescribedClient(Client Client, IReadOnlyList<string> LeftOut);
