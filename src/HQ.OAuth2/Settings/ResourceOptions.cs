namespace HQ.OAuth2;

/// <summary>A protected resource that tokens may be issued for (RFC 8707).</summary>
public sealed class ResourceOptions
{
    /// <summary>Its absolute URI, emitted in <c>aud</c> as written here; <c>*</c> stands for any.</summary>
    public string Identifier { get; set; } = "";

    /// <summary>What the consent page calls it; null shows the identifier.</summary>
    public string? Name { get; set; }

    /// <summary>The scopes it understands; empty = all.</summary>
    public IList<string> Scopes { get; } = [];

    /// <summary>The form of its access tokens; null = the server's.</summary>
    public AccessTokenFormat? AccessTokenFormat { get; set; }
}
