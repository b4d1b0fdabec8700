using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>A protected resource in this host, and where its metadata is (RFC 9728).</summary>
internal sealed record ProtectedResource
{
    private const string WellKnown = "/.well-known/oauth-protected-resource";

    private ProtectedResource(string identifier, string origin, string path) =>
        (Identifier, MetadataPath, MetadataUrl) = (identifier, WellKnown + path, origin + WellKnown + path);

    /// <summary>The identifier as configured: clients compare it to the letter with the address they call (§3.3).</summary>
    public string Identifier { get; }

    /// <summary>The well-known part stands between the host and the resource's path (§3.1).</summary>
    public string MetadataPath { get; }

    public string MetadataUrl { get; }

    /// <summary>The resource of an identifier, or in a sentence why it cannot be one here (§1.2).</summary>
    /// <param name="identifier">The identifier.</param>
    /// <param name="settings">The server's, when it is in this host; null = it runs elsewhere, and knows what tokens may be for.</param>
    /// <param name="problem">The sentence.</param>
    public static ProtectedResource? Of(string identifier, ServerSettings? settings, out string? problem)
    {
        var isWeb = UriText.IsPlainHttpsUrl(identifier) || UriText.IsLoopback(identifier);
        problem =
            !isWeb || !ResourcePolicy.IsResourceUri(identifier) ? "is no https URL without fragment (http is for loopback only)"
            : identifier.Contains('?', StringComparison.Ordinal) ? "has a query: name the resource by its path"
            : settings is not null && !settings.Resources.Allows(identifier)
                ? "is neither in resources nor below the issuer, so no client could get a token for it: add it to resources"
            : null;
        if (problem is not null)
            return null;
        var slash = identifier.IndexOf('/', identifier.IndexOf("://", StringComparison.Ordinal) + 3);
        var (origin, path) = slash < 0 ? (identifier, "") : (identifier[..slash], identifier[slash..]);
        return new(identifier, origin, path == "/" ? "" : path);
    }

    /// <summary>The document of §2; lists that are empty are left out (§3.2).</summary>
    public ProtectedResourceMetadata Document(ServerSettings settings, bool demandsProof) =>
        Document(
            settings.Issuer.Value,
            settings.Resources.Understood(settings.Scopes.All, [Identifier]),
            settings.Resources.NameOf(Identifier),
            demandsProof
        );

    /// <summary>The document of §2 with what is known of the server.</summary>
    public ProtectedResourceMetadata Document(string issuer, ScopeSet scope, string? name, bool demandsProof)
    {
        // Whether a client may stay is between it and the server (MCP 2026-07-28, Refresh Tokens).
        var own = scope.Where(s => s != ScopePolicy.OfflineAccess).ToList();
        return new()
        {
            Resource = Identifier,
            AuthorizationServers = [issuer],
            ScopesSupported = own.Count > 0 ? own : null,
            ResourceName = name,
            DpopSigningAlgValuesSupported = demandsProof ? DpopProofs.Algorithms : null,
            DpopBoundAccessTokensRequired = demandsProof ? true : null,
        };
    }
}

/// <summary>The metadata of a protected resource (RFC 9728 §2).</summary>
internal sealed record ProtectedResourceMetadata
{
    [JsonPropertyName("resource")]
    public required string Resource { get; init; }

    [JsonPropertyName("authorization_servers")]
    public required IReadOnlyList<string> AuthorizationServers { get; init; }

    [JsonPropertyName("scopes_supported")]
    public IReadOnlyList<string>? ScopesSupported { get; init; }

    [JsonPropertyName("bearer_methods_supported")]
    public IReadOnlyList<string> BearerMethodsSupported { get; } = ["header"];

    [JsonPropertyName("resource_name")]
    public string? ResourceName { get; init; }

    /// <summary>The algorithms of DPoP proofs; null when the resource does not demand one.</summary>
    [JsonPropertyName("dpop_signing_alg_values_supported")]
    public IReadOnlyList<string>? DpopSigningAlgValuesSupported { get; init; }

    /// <summary>Whether it demands tokens that are bound to a key; absent = false.</summary>
    [JsonPropertyName("dpop_bound_access_tokens_required")]
    public bool? DpopBoundAccessTokensRequired { get; init; }
}
