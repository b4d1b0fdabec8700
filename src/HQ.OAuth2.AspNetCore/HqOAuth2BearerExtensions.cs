using HQ.OAuth2;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

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

    /// <summary>
    /// Accepts access tokens of an authorization server that runs elsewhere, by asking it (RFC 7662): for an API in another process, which does
    /// not call <c>AddHqOAuth2</c>. A revocation takes effect after <see cref="HqOAuth2IntrospectionOptions.CacheFor"/>.
    /// </summary>
    /// <exception cref="OptionsValidationException">
    /// At start: a setting is missing or invalid; the message says which and what to write.
    /// </exception>
    public static AuthenticationBuilder AddHqOAuth2Introspection(
        this AuthenticationBuilder builder,
        Action<HqOAuth2IntrospectionOptions> configure
    ) => builder.AddHqOAuth2Introspection(HqOAuth2BearerDefaults.AuthenticationScheme, configure);

    /// <summary>The same under another scheme name, for a host with several APIs or servers.</summary>
    /// <exception cref="OptionsValidationException">
    /// At start: a setting is missing or invalid; the message says which and what to write.
    /// </exception>
    public static AuthenticationBuilder AddHqOAuth2Introspection(
        this AuthenticationBuilder builder,
        string authenticationScheme,
        Action<HqOAuth2IntrospectionOptions> configure
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddAnswers();
        services.AddSingleton<IValidateOptions<HqOAuth2IntrospectionOptions>>(new IntrospectionOptionsValidator(authenticationScheme));
        services.AddOptions<HqOAuth2IntrospectionOptions>(authenticationScheme).PostConfigure(Connect).ValidateOnStart();
        return builder.AddScheme<HqOAuth2IntrospectionOptions, HqOAuth2IntrospectionHandler>(authenticationScheme, configure);
    }

    /// <summary>
    /// Adds <see cref="DpopApi"/>, for an API that verifies access tokens in another way than by the schemes above, which check DPoP proofs by
    /// themselves.
    /// </summary>
    /// <exception cref="OptionsValidationException">At start: <see cref="DpopApiOptions.PublicUrl"/> is missing or invalid.</exception>
    public static IServiceCollection AddHqOAuth2Dpop(this IServiceCollection services, Action<DpopApiOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ApiProofs>();
        services.TryAddSingleton(s => new DpopApi(s.GetRequiredService<ApiProofs>(), s.GetRequiredService<IOptions<DpopApiOptions>>()));
        services
            .AddOptions<DpopApiOptions>()
            .Configure(configure)
            .Validate(
                o => o.PublicUrl is { } url && ProofTarget.Of(url) is not null,
                "AddHqOAuth2Dpop: PublicUrl must be the public address of the app's root: write for instance https://api.example.com."
            )
            .ValidateOnStart();
        return services;
    }

    private static void Connect(HqOAuth2IntrospectionOptions options)
    {
        options.Answers = new(options.CacheFor);
        options.Backchannel ??= new HttpClient(
            new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }
        )
        {
            Timeout = TimeSpan.FromSeconds(10),
        };
    }

    private sealed class IntrospectionOptionsValidator(string scheme) : IValidateOptions<HqOAuth2IntrospectionOptions>
    {
        public ValidateOptionsResult Validate(string? name, HqOAuth2IntrospectionOptions options) =>
            name != scheme ? ValidateOptionsResult.Skip
            : options.Problems().ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems)
            : ValidateOptionsResult.Success;
    }
}
