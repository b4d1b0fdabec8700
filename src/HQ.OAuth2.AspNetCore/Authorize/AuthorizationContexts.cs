using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>Puts together what a UI is told about one visit of a request that has passed every check.</summary>
internal sealed class AuthorizationContexts(
    AuthorizeEndpoint endpoint,
    RequestHandles handles,
    SubjectSeals seals,
    IAntiforgery antiforgery,
    ServerSettings settings
)
{
    private readonly HqOAuth2Options options = settings.Options;

    /// <param name="http">The visit.</param>
    /// <param name="request">What the client asks.</param>
    /// <param name="visit">The same as it came, and what is noted about it.</param>
    /// <param name="returnPath">Where the request is answered.</param>
    /// <param name="user">Who is signed in; null = nobody.</param>
    /// <param name="isRemembered">Whether an earlier answer covers the request.</param>
    /// <param name="answer">The decision of a genuine answer; null = there is none.</param>
    /// <param name="answeredScope">What it ticked; null = there were no boxes.</param>
    /// <returns>The context, or that the request is too large to travel through a page.</returns>
    public async ValueTask<Outcome<AuthorizationContext>> OfAsync(
        HttpContext http,
        AuthorizationRequest request,
        VisitedRequest visit,
        string returnPath,
        ClaimsPrincipal? user,
        bool isRemembered,
        string? answer,
        ScopeSet? answeredScope
    )
    {
        // Each form has a code of its own, so that one form posted many times gives one code.
        if (handles.Protect(visit with { Code = endpoint.NewCode() }).Failed(out var tooLarge, out var handle))
            return tooLarge;
        string? subject = null;
        if (user is not null && HostUser.Subject(user, options).Failed(out var unusable, out subject))
            return unusable;
        // Look up earlier grants only if a consent page will be shown.
        var asked = answer is null && !isRemembered ? subject : null;
        return new AuthorizationContext
        {
            Http = http,
            Request = request,
            User = user,
            Consent = await endpoint.DescribeAsync(request, asked, http.RequestAborted),
            IsRemembered = isRemembered,
            Answer = answer,
            AnsweredScope = answeredScope,
            ReturnPath = returnPath,
            FormFields = FormFields(http, subject, handle),
            CanSwitchAccount = user is not null && await CanSignOutAsync(http),
            AuthenticationScheme = options.AuthenticationScheme,
        };
    }

    private List<KeyValuePair<string, string>> FormFields(HttpContext http, string? subject, string handle)
    {
        var fields = new List<KeyValuePair<string, string>> { new(RequestHandles.Parameter, handle) };
        // Only a session has a token to post; a page before sign-in posts nothing.
        if (subject is not null && antiforgery.GetAndStoreTokens(http) is { RequestToken: { } token } tokens)
            fields.AddRange([new(tokens.FormFieldName, token), new(SubjectSeals.Field, seals.Seal(subject))]);
        return fields;
    }

    private async ValueTask<bool> CanSignOutAsync(HttpContext http)
    {
        // Not of the constructor: a host without authentication would be told of our classes, not of what it lacks.
        var schemes = http.RequestServices.GetRequiredService<IAuthenticationSchemeProvider>();
        var handlers = http.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>();
        var scheme = options.AuthenticationScheme ?? (await schemes.GetDefaultSignOutSchemeAsync())?.Name;
        return scheme is not null && await handlers.GetHandlerAsync(http, scheme) is IAuthenticationSignOutHandler;
    }
}
