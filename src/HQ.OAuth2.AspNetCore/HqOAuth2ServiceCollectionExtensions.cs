using HQ.OAuth2;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the authorization server to a host's services; <c>app.MapHqOAuth2()</c> maps its endpoints.</summary>
public static class HqOAuth2ServiceCollectionExtensions
{
    /// <summary>Adds the server with the settings of a configuration: the root, or the section <c>auth:oauth2:authorizationServer</c> itself.</summary>
    public static HqOAuth2Builder AddHqOAuth2(this IServiceCollection services, IConfiguration configuration) =>
        services.AddHqOAuth2(options => ConfigurationReader.Read(configuration, options));

    /// <summary>Adds the server with settings made in code.</summary>
    public static HqOAuth2Builder AddHqOAuth2(this IServiceCollection services, Action<HqOAuth2Options> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services
            .AddHqOAuth2Core()
            .AddServerOptions(configure)
            .AddHostParts()
            .AddAnswers()
            .AddSignIn()
            .AddPages()
            .AddAuthorize()
            .AddDevices()
            .AddPersonalTokens()
            .AddManagement()
            .AddDoctor()
            .AddRouteChecks()
            .AddBackgroundWork();
        return new HqOAuth2Builder(services);
    }
}
