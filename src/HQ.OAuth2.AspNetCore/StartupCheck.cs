using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>Stops a start whose host lacks a part that the configuration needs; else says what is served and what an operator should know.</summary>
internal sealed class StartupCheck(
    IOptions<HqOAuth2Options> options,
    IServiceScopeFactory scopes,
    IHostEnvironment environment,
    ILogger<StartupCheck> logger
) : IHostedService
{
    private const string Section = HqOAuth2OptionsValidator.Section;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.Enabled)
        {
            logger.Off(Section);
            return;
        }

        using var scope = scopes.CreateScope();
        var services = scope.ServiceProvider;
        if (HqOAuth2OptionsValidator.StoreProblem(options.Value, services.GetRequiredService<IClientStore>()) is { } store)
            throw Problem(store);
        if (await SignInProblemAsync(services.GetService<IAuthenticationSchemeProvider>()) is { } signIn)
            throw Problem(signIn);
        var management = services.GetRequiredService<ManagementRoutes>();
        if (management.Problem() is { } open)
            throw Problem(open);
        if (management.IsMapped && services.GetRequiredService<IClientStore>() is not IClientRegistry and var readOnly)
            throw Problem(
                $"MapHqOAuth2Management() is mapped, but {readOnly.GetType()} cannot add clients: implement IClientRegistry, or do not map it."
            );
        // The keys are read, or made, before anybody asks: a stored key that this node cannot use stops the start.
        await services.GetRequiredService<TokenKeys>().CurrentAsync(cancellationToken);
        Report(services);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Report(IServiceProvider services)
    {
        var issuer = Issuer.Of(options.Value);
        logger.Serving(issuer.Value, issuer.Url(issuer.MetadataPath));
        foreach (var warning in OptionsWarnings.Of(options.Value))
            logger.Weakens(Section, warning.Key, warning.Value, warning.Consequence);
        if (environment.IsDevelopment())
            return;
        if (services.GetRequiredService<IAuthorizationStore>() is InMemoryAuthorizationStore)
            logger.InMemory("The authorization store");
        if (services.GetRequiredService<IClientStore>() is InMemoryClientRegistry)
            logger.InMemory("The client store");
        if (services.GetRequiredService<ITicketStore>() is InMemoryTicketStore)
            logger.InMemory("The ticket store");
        if (services.GetRequiredService<IKeyStore>() is InMemoryKeyStore)
            logger.InMemory("The key store");
        else if (IsProtectionOfThisMachineOnly(services))
            logger.ProtectionOfThisMachineOnly();
    }

    // Keys that all nodes share are worth nothing to a node that cannot unprotect them.
    private static bool IsProtectionOfThisMachineOnly(IServiceProvider services) =>
        services.GetRequiredService<IDataProtectionProvider>() is EphemeralDataProtectionProvider
        || services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.XmlRepository is null;

    private async Task<string?> SignInProblemAsync(IAuthenticationSchemeProvider? schemes)
    {
        const string fix = "add one, for instance builder.Services.AddAuthentication(\"Cookies\").AddCookie()";
        if (options.Value.AuthenticationScheme is { } name)
            return schemes is not null && await schemes.GetSchemeAsync(name) is not null
                ? null
                : $"{Section}:authenticationScheme = {name} is no authentication scheme of this host: {fix}, or name one that is there.";
        return schemes is not null && await schemes.GetDefaultAuthenticateSchemeAsync() is not null
            ? null
            : $"{Section}:authenticationScheme is not set, and this host has no default authentication scheme: {fix}.";
    }

    private static OptionsValidationException Problem(string problem) => new(nameof(HqOAuth2Options), typeof(HqOAuth2Options), [problem]);
}
