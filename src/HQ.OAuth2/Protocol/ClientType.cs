namespace HQ.OAuth2;

/// <summary>Whether a client can keep a secret (RFC 6749 §2.1).</summary>
public enum ClientType
{
    /// <summary>It runs where its users can read its code: PKCE is required, refresh chains are shorter.</summary>
    Public,

    /// <summary>It runs on a server and proves who it is.</summary>
    Confidential,
}
