namespace HQ.OAuth2;

/// <summary>What an access token looks like on the wire.</summary>
public enum AccessTokenFormat
{
    /// <summary>A signed JWT by RFC 9068: anybody with the published keys can read and verify it.</summary>
    Jwt,

    /// <summary>The same token, encrypted with a key that is never published: only introspection can read it.</summary>
    Opaque,
}
