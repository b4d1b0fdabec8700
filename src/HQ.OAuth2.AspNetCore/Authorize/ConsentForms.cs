using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>Makes the model of a consent page and the form that it posts.</summary>
internal sealed class ConsentForms(AuthorizeEndpoint endpoint, AuthorizeForms forms, ServerSettings settings)
{
    /// <summary>The field that names the organization of an answer.</summary>
    public const string OrganizationField = "organization";

    public async ValueTask<ConsentForm> OfAsync(Visit visit, CancellationToken ct)
    {
        var consent = await endpoint.DescribeAsync(visit.Request, visit.Subject, ct);
        // Each form has a code of its own, so that one form posted many times gives one code.
        var fields = forms.Fields(visit.Http, visit.Visited with { Code = endpoint.NewCode() }, visit.Subject);
        return new()
        {
            Consent = consent,
            User = visit.User,
            ReturnPath = visit.ReturnPath,
            // The answer is for the organization that the page showed, also if the user has another one by then.
            FormFields = WithOrganization(fields, consent),
            CanSwitchAccount = await SignOutSchemeAsync(visit.Http, visit.Session) is not null,
        };
    }

    /// <summary>The fields of a form, with the only organization of the user.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> WithOrganization(
        IReadOnlyList<KeyValuePair<string, string>> fields,
        ConsentModel consent
    ) => consent.Organizations is [var only] ? [.. fields, new(OrganizationField, only.Id)] : fields;

    /// <summary>
    /// The scheme that ends the session of a user; null = none can. It is the one that began the session: the host's default for
    /// signing out may be another, as it is with Identity.
    /// </summary>
    public async ValueTask<string?> SignOutSchemeAsync(HttpContext http, AuthenticationTicket? ofUser)
    {
        if (ofUser is not { } session)
            return null;
        // Not in the constructor: a host without authentication would get an error about our classes instead of the missing part.
        var schemes = http.RequestServices.GetRequiredService<IAuthenticationSchemeProvider>();
        var handlers = http.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>();
        var hosts = settings.Options.AuthenticationScheme ?? (await schemes.GetDefaultSignOutSchemeAsync())?.Name;
        foreach (var scheme in new[] { session.AuthenticationScheme, hosts })
        {
            if (scheme is not null && await handlers.GetHandlerAsync(http, scheme) is IAuthenticationSignOutHandler)
                return scheme;
        }

        return null;
    }
}
