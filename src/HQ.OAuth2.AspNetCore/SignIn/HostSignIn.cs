using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>
/// The scheme that redirects a browser to the host's sign-in page: whether there is one, and which one to configure if another fits.
/// </summary>
internal static class HostSignIn
{
    private const string Key = HqOAuth2Options.Section + ":authenticationScheme";
    private const string AddOne = "add one, for instance builder.Services.AddAuthentication(\"Cookies\").AddCookie()";

    // Handlers that answer 401 and show no page. Their types are not in the shared framework, or not public, so they are recognised by name.
    private static readonly string[] bearers =
    [
        "BearerTokenHandler",
        "JwtBearerHandler",
        nameof(HqOAuth2BearerHandler),
        nameof(HqOAuth2IntrospectionHandler),
    ];

    /// <summary>The reason why this host cannot tell who is signed in; null when a scheme can.</summary>
    public static async Task<string?> ProblemAsync(IServiceProvider services, HqOAuth2Options options)
    {
        // Null when the host never called AddAuthentication.
        var schemes = services.GetService<IAuthenticationSchemeProvider>();
        if (options.AuthenticationScheme is { } name)
            return schemes is null || await schemes.GetSchemeAsync(name) is null
                ? $"{Key} = {name} is no authentication scheme of this host: {AddOne}, or name one that is there."
                : null;
        return schemes is null || await schemes.GetDefaultAuthenticateSchemeAsync() is null
            ? $"{Key} is not set, and this host has no default authentication scheme: {AddOne}."
            : null;
    }

    /// <summary>
    /// The problem that the scheme for sign-in answers 401 instead of a redirect to a page, if it can be known at start; else null.
    /// </summary>
    public static async Task<string?> PagelessAsync(IServiceProvider services, HqOAuth2Options options)
    {
        var schemes = services.GetRequiredService<IAuthenticationSchemeProvider>();
        var scheme = options.AuthenticationScheme is { } name
            ? await schemes.GetSchemeAsync(name)
            : await schemes.GetDefaultChallengeSchemeAsync();
        // A scheme may forward the challenge to another one, as those of Identity do.
        for (var hop = 0; hop < 3 && scheme is not null && ChallengeTarget(services, scheme) is { } next; hop++)
            scheme = await schemes.GetSchemeAsync(next);
        return scheme is not null && bearers.Contains(scheme.HandlerType.Name, StringComparer.Ordinal)
            ? $"the scheme {scheme.Name} answers 401 and sends no browser to a sign-in page: {await FixAsync(schemes, options)}"
            : null;
    }

    /// <summary>
    /// What a challenge says: where to return to, and the sign-in that is wanted, under the names that Microsoft's handler of OpenID Connect reads.
    /// </summary>
    public static AuthenticationProperties Properties(string returnPath, SignInWish wish)
    {
        var properties = new AuthenticationProperties { RedirectUri = returnPath };
        if (wish.Prompt is not null)
            properties.SetParameter("prompt", wish.Prompt);
        if (wish.MaxAge is not null)
            properties.SetParameter("max_age", wish.MaxAge);
        if (wish.AcrValues.Count > 0)
            properties.SetParameter(AcrValues.Parameter, string.Join(' ', wish.AcrValues));
        return properties;
    }

    /// <summary>
    /// Asks the user to sign in by the host's scheme. A challenge that answers 401 or 403 without a page is an error of the host: otherwise the
    /// user would see nothing, and the host's log would have nothing.
    /// </summary>
    public static Reply Challenge(string? scheme, AuthenticationProperties properties) =>
        Reply.Of(async http =>
        {
            PageHeaders.Set(http);
            await PublicBase.ChallengeAsync(http, scheme, properties);
            return await PagelessErrorAsync(http);
        });

    /// <summary>The error of a challenge that showed no page; null when it showed one.</summary>
    public static async Task<OAuthError?> PagelessErrorAsync(HttpContext http)
    {
        var response = http.Response;
        if (
            response.HasStarted
            || response.StatusCode is not (StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden)
            || response.Headers.Location.Count > 0
        )
            return SeeOther(http);

        var schemes = http.RequestServices.GetRequiredService<IAuthenticationSchemeProvider>();
        var fix = await FixAsync(schemes, OAuthHttp.Settings(http).Options);
        response.Headers.Remove("WWW-Authenticate");
        return OAuthError.SignInUnfit.Because($"the host's challenge answers {response.StatusCode} and shows no sign-in page: {fix}");
    }

    /// <summary>RFC 9700 §4.12: pages and schemes of hosts redirect with 302, also after a POST. That is no error.</summary>
    public static OAuthError? SeeOther(HttpContext http)
    {
        if (!http.Response.HasStarted && HttpMethods.IsPost(http.Request.Method) && http.Response.StatusCode == StatusCodes.Status302Found)
            http.Response.StatusCode = StatusCodes.Status303SeeOther;
        return null;
    }

    private static async Task<string> FixAsync(IAuthenticationSchemeProvider schemes, HqOAuth2Options options)
    {
        var pages = (await schemes.GetAllSchemesAsync())
            .Where(s => s.Name != options.AuthenticationScheme)
            .Where(s =>
                s.HandlerType.IsAssignableTo(typeof(CookieAuthenticationHandler))
                || s.HandlerType.IsAssignableTo(typeof(IAuthenticationRequestHandler))
            )
            .Select(s => s.Name)
            .ToList();
        var named = pages.Contains(IdentityConstants.ApplicationScheme) ? IdentityConstants.ApplicationScheme : pages.FirstOrDefault();
        return named is null
            ? $"{AddOne}, and set {Key} to its name"
            : $"set {Key} = {named}, whose LoginPath is the page where users sign in";
    }

    // Null also if the host chooses the scheme by the request; then it is known only at a request.
    private static string? ChallengeTarget(IServiceProvider services, AuthenticationScheme scheme)
    {
        AuthenticationSchemeOptions forwards = scheme.HandlerType.IsAssignableTo(typeof(PolicySchemeHandler))
            ? services.GetRequiredService<IOptionsMonitor<PolicySchemeOptions>>().Get(scheme.Name)
            : services.GetRequiredService<IOptionsMonitor<AuthenticationSchemeOptions>>().Get(scheme.Name);
        var target = forwards.ForwardChallenge ?? (forwards.ForwardDefaultSelector is null ? forwards.ForwardDefault : null);
        return target == scheme.Name ? null : target;
    }
}
