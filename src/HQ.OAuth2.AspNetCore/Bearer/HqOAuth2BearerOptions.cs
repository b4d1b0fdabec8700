using Microsoft.AspNetCore.Authentication;

namespace HQ.OAuth2;

/// <summary>How an API in this process takes our access tokens.</summary>
public sealed class HqOAuth2BearerOptions : AuthenticationSchemeOptions
{
    /// <summary>The resource identifiers this API answers to; a token for none of them is refused. Empty = the server's default resource.</summary>
    public IList<string> Resources { get; } = [];
}

/// <summary>Names of the bearer scheme.</summary>
public static class HqOAuth2BearerDefaults
{
    /// <summary>The authentication scheme.</summary>
    public const string AuthenticationScheme = "HqOAuth2Bearer";
}
