using System.Data.Common;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>
/// Stops the start of a host that lacks a part which the configuration needs; otherwise logs the served addresses and notes for an operator.
/// </summary>
internal sealed class StartupCheck(
    ServerSettings settings,
    IServiceScopeFactory scopes,
    IHostEnvironment environment,
    ILogger<StartupCheck> logger
) : IHostedService
{
    // The messages of SQLite, MySQL and SQL Server about a missing table or column; PostgreSQL reports it by the SQLSTATE.
    private static readonly string[] schemaMissing =
    [
        "no such table",
        "no such column",
        "doesn't exist",
        "Unknown column",
        "Invalid object name",
        "Invalid column name",
    ];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!settings.Options.Enabled)
        {
            logger.Off(HqOAuth2Options.Section);
            return;
        }

        using var scope = scopes.CreateScope();
        var services = scope.ServiceProvider;
        if (HqOAuth2OptionsRules.StoreProblem(settings.Options, services.GetRequiredService<IClientStore>()) is { } store)
            throw Problem(store);
        if (await HostSignIn.ProblemAsync(services, settings.Options) is { } signIn)
            throw Problem(signIn);
        // Without the id of the user as the subject, Identity would find nobody, and every authorization would end.
        if (
            services.GetService<IGrantPolicy>() is IIdentityGrantPolicy { UserIdClaim: var userId }
            && (settings.Options.SubjectClaim ?? ClaimTypes.NameIdentifier) is var subject
            && subject != userId
        )
            throw Problem(
                $"AddIdentityGrantPolicy finds users by the claim {userId}, and the subject is the claim {subject}: set {HqOAuth2Options.Section}:subjectClaim = {userId}."
            );
        var routes = services.GetRequiredService<HostRoutes>();
        var policies = new PolicyCheck(
            routes,
            settings,
            services.GetRequiredService<IOptionsMonitor<HqOAuth2BearerOptions>>(),
            services.GetRequiredService<IAuthenticationSchemeProvider>(),
            services.GetService<IAuthorizationPolicyProvider>()
        );
        if (await policies.ProblemAsync() is { } policy)
            throw Problem(policy);
        if (routes.HasManagement && services.GetRequiredService<IClientStore>() is not IClientRegistry and var readOnly)
            throw Problem(
                $"MapHqOAuth2Management() is mapped, but {readOnly.GetType()} cannot add clients: implement IClientRegistry, or do not map it."
            );
        // Read or make the keys before the first request: a stored key that this node cannot use stops the start.
        try
        {
            await services.GetRequiredService<TokenKeys>().CurrentAsync(cancellationToken);
        }
        catch (DbException e) when (IsSchemaMissing(e))
        {
            throw new InvalidOperationException(
                "The tables of the authorization server are not in your database, or not as this version needs them. Call "
                    + "modelBuilder.UseHqOAuth2() in OnModelCreating of your context, then run: dotnet ef migrations add HqOAuth2, and "
                    + "dotnet ef database update.",
                e
            );
        }

        Report(services);
        if (await HostSignIn.PagelessAsync(services, settings.Options) is { } pageless)
            logger.NoSignInPage(pageless);
        foreach (var (endpoint, unknown) in await policies.UnknownScopesAsync())
            logger.UnknownScopeRequired(endpoint, unknown, HqOAuth2Options.Section);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Report(IServiceProvider services)
    {
        var issuer = settings.Issuer;
        logger.Serving(issuer.Value, issuer.Url(issuer.MetadataPath));
        foreach (var warning in OptionsWarnings.Of(settings.Options))
            logger.Weakens(HqOAuth2Options.Section, warning.Key, warning.Value, warning.Consequence);
        var differences = BestCurrentPractice.Deviations(settings.Options).Select(d => $"§{d.Section} ({d.Key})").ToList();
        if (differences.Count > 0)
            logger.DiffersFromBestPractice(string.Join(", ", differences));
        foreach (
            var client in settings.Options.Clients.Where(c =>
                c is { Secret: null, SecretHash: null, Jwks: null, JwksUri: null, TokenEndpointAuthMethod: null }
            )
        )
            logger.PublicByDefault(HqOAuth2Options.Section, client.ClientId);
        var isStored = services.GetRequiredService<IKeyStore>() is not InMemoryKeyStore;
        if (isStored && IsContainer() && IsProtectionOfThisMachineOnly(services))
            logger.ProtectionOfThisContainerOnly();
        if (environment.IsDevelopment())
            return;
        if (services.GetRequiredService<IAuthorizationStore>() is InMemoryAuthorizationStore)
            logger.InMemory("The authorization store");
        if (services.GetRequiredService<IClientStore>() is InMemoryClientRegistry)
            logger.InMemory("The client store");
        if (services.GetRequiredService<ITicketStore>() is InMemoryTicketStore)
            logger.InMemory("The ticket store");
        if (!isStored)
            logger.InMemory("The key store");
        else if (!IsContainer() && IsProtectionOfThisMachineOnly(services))
            logger.ProtectionOfThisMachineOnly();
    }

    // Stored keys that all nodes share are useless to a node that cannot unprotect them.
    private static bool IsProtectionOfThisMachineOnly(IServiceProvider services) =>
        services.GetRequiredService<IDataProtectionProvider>() is EphemeralDataProtectionProvider
        || services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.XmlRepository is null;

    // .NET's own images set the variable; Docker and Podman create a file.
    private static bool IsContainer() =>
        Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER") is "true" or "1"
        || File.Exists("/.dockerenv")
        || File.Exists("/run/.containerenv");

    // A host that stores everything in a context of its own runs its migrations itself.
    private static bool IsSchemaMissing(DbException e) =>
        e.SqlState is "42P01" or "42703" or "42S02" or "42S22"
        || schemaMissing.Any(words => e.Message.Contains(words, StringComparison.OrdinalIgnoreCase));

    private static OptionsValidationException Problem(string problem) => new(nameof(HqOAuth2Options), typeof(HqOAuth2Options), [problem]);
}
