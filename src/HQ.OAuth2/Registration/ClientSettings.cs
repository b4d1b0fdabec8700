namespace HQ.OAuth2;

/// <summary>What only an administrator decides about a client; the rest is <see cref="ClientMetadata"/>.</summary>
public sealed class ClientSettings
{
    /// <summary>The organization it belongs to; null = as it was, or the default organization.</summary>
    public string? Org { get; init; }

    /// <summary>A disabled client is unknown at every endpoint, and its tokens are inactive.</summary>
    public bool Disabled { get; init; }

    /// <summary>The host vouches for it: its consent is remembered on loopback and private-use redirects too.</summary>
    public bool Trusted { get; init; }

    /// <summary>Whether it must use PKCE; null = the server's setting. A public client always must.</summary>
    public bool? RequirePkce { get; init; }

    /// <summary>Resource identifiers whose tokens it may introspect; <c>*</c> = all.</summary>
    public IReadOnlyList<string> Introspects { get; init; } = [];

    /// <summary>What does not fit a client of this provenance; null when everything does.</summary>
    internal OAuthError? Problem(ClientProvenance provenance)
    {
        if (provenance != ClientProvenance.Api && Trusted)
            return OAuthError.InvalidClientMetadata("trusted", "a client that registered itself cannot be trusted");
        if (provenance != ClientProvenance.Api && Introspects.Count > 0)
            return OAuthError.InvalidClientMetadata("introspects", "a client that registered itself cannot introspect");
        // What no store can hold: a database has no place for a NUL or half of a surrogate pair, and its columns have an end.
        if (Org is { } org && (org.Length > Client.MaxIdLength || org.Any(char.IsControl) || org.Any(char.IsSurrogate)))
            return OAuthError.InvalidClientMetadata("org", "must be up to 800 characters without control characters");
        return Introspects.All(r => r == ResourcePolicy.Any || ResourcePolicy.IsResourceUri(r))
            ? null
            : OAuthError.InvalidClientMetadata("introspects", "must be absolute URIs without fragment, or *");
    }

    internal Client ApplyTo(Client client) =>
        client with
        {
            Disabled = Disabled,
            Trusted = Trusted,
            RequirePkce = RequirePkce,
            Introspects = Introspects,
        };
}
