using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>Makes the model of a consent page and the form that it posts.</summary>
internal sealed class ConsentForms(AuthorizeEndpoint endpoint, AuthorizeForms forms, ServerSettings settings)
{
    public async ValueTask<ConsentForm> OfAsync(Visit visit, CancellationToken ct) =>
        new()
        {
            Consent = await endpoint.DescribeAsync(visit.Request, visit.Subject, ct),
            User = visit.User,
            ReturnPath = visit.ReturnPath,
            // Each form has a code of its own, so that one form posted many times gives one code.
            FormFields = forms.Fields(visit.Http, visit.Visited with { Code = endpoint.NewCode() }, visit.Subject),
            CanSwitchAccount = await CanSwitchAccountAsync(visit),
        };

    public async ValueTask<bool> CanSwitchAccountAsync(Visit visit)
    {
        if (visit.User is null)
            return false;
        // Not in the constructor: a host without authentication would get an error about our classes instead of the missing part.
        var schemes = visit.Http.RequestServices.GetRequiredService<IAuthenticationSchemeProvider>();
        var handlers = visit.Http.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>();
        var scheme = settings.Options.AuthenticationScheme ?? (await schemes.GetDefaultSignOutSchemeAsync())?.Name;
        return scheme is not null && await handlers.GetHandlerAsync(visit.Http, scheme) is IAuthenticationSignOutHandler;
    }
}
