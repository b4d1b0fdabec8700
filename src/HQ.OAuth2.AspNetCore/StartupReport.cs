using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>Says once, at start, what is served and what an operator should know.</summary>
internal sealed class StartupReport(
    IOptions<HqOAuth2Options> options,
    IServiceScopeFactory scopes,
    IHostEnvironment environment,
    ILogger<StartupReport> logger
) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        const string section = HqOAuth2OptionsValidator.Section;
        if (!options.Value.Enabled)
        {
            logger.Off(section);
            return Task.CompletedTask;
        }

        var issuer = Issuer.Of(options.Value);
        logger.Serving(issuer.Value, issuer.Url(issuer.MetadataPath));
        foreach (var key in HqOAuth2OptionsValidator.WithoutEffect(options.Value))
            logger.WithoutEffect(key);
        if (options.Value.UnauthenticatedIntrospection)
            logger.OpenIntrospection(section);
        if (!environment.IsDevelopment())
        {
            using var scope = scopes.CreateScope();
            if (scope.ServiceProvider.GetRequiredService<IAuthorizationStore>() is InMemoryAuthorizationStore)
                logger.InMemory("The authorization store");
            if (scope.ServiceProvider.GetRequiredService<IClientStore>() is InMemoryClientRegistry)
                logger.InMemory("The client store");
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
