using HQ.OAuth2;
using Microsoft.AspNetCore.Authentication;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds our bearer scheme to a host's authentication.</summary>
public static class HqOAuth2BearerExtensions
{
    /// <summary>Accepts access tokens of the authorization server in this process, for its default resource. A revoked one is refused at once.</summary>
    public static AuthenticationBuilder AddHqOAuth2Bearer(this AuthenticationBuilder builder) => builder.AddHqOAuth2Bearer(_ => { });

    /// <summary>The same for an API with resource identifiers of its own.</summary>
    public static AuthenticationBuilder AddHqOAuth2Bearer(this AuthenticationBuilder builder, Action<HqOAuth2BearerOptions> configure) =>
        builder.AddHqOAuth2Bearer(HqOAuth2BearerDefaults.AuthenticationScheme, configure);

    /// <summary>The same under another scheme name, for a host with several APIs.</summary>
    public static AuthenticationBuilder AddHqOAuth2Bearer(
        this AuthenticationBuilder builder,
        string authenticationScheme,
        Action<HqOAuth2BearerOptions> configure
    ) => builder.AddScheme<HqOAuth2BearerOptions, HqOAuth2BearerHandler>(authenticationScheme, configure);
}
