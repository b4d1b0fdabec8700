namespace HQ.OAuth2;

/// <summary>The names of client authentication methods (RFC 7591 §2).</summary>
public static class OAuthClientAuthenticationMethods
{
    /// <summary>A public client names itself and proves nothing.</summary>
    public const string None = "none";

    /// <summary>The secret in an HTTP Basic header (RFC 6749 §2.3.1).</summary>
    public const string ClientSecretBasic = "client_secret_basic";

    /// <summary>The secret in the form body (RFC 6749 §2.3.1).</summary>
    public const string ClientSecretPost = "client_secret_post";

    /// <summary>A JWT that the client signs by its private key (RFC 7523 §2.2).</summary>
    public const string PrivateKeyJwt = "private_key_jwt";

    /// <summary>Whether a method needs a secret that client and server share (draft-ietf-oauth-client-id-metadata-document §4.1).</summary>
    internal static bool IsSharedSecret(string method) => method.StartsWith("client_secret_", StringComparison.Ordinal);

    /// <summary>Whether a client of this method has a secret from this server, which it may send by Basic or in the body.</summary>
    internal static bool IsSecret(string method) => method is ClientSecretBasic or ClientSecretPost;
}
