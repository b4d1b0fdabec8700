namespace HQ.OAuth2;

/// <summary>A protected resource that tokens may be issued for (RFC 8707).</summary>
public sealed class ResourceOptions
{
    /// <summary>Its absolute URI, emitted in <c>aud</c> as written here; <c>*</c> stands for any.</summary>
    public string Identifier { get; set; } = "";

    /// <summary>What the consent page calls it. Default the identifier.</summary>
    public string? Name { get; set; }

    /// <summary>The scopes it understands. Default all.</summary>
    public IList<string> Scopes { get; } = [];

    /// <summary>The form of its access tokens. Default <see cref="HqOAuth2Options.AccessTokenFormat"/>.</summary>
    public AccessTokenFormat? AccessTokenFormat { get; set; }

    /// <summary>
    /// Whether its access tokens must be bound to a key of the client (RFC 9449): a token request for it without a DPoP proof is refused, and so
    /// is a token without a key at its API in this process. Its metadata says so. Default false.
    /// </summary>
    public bool RequireDpop { get; set; }
}
