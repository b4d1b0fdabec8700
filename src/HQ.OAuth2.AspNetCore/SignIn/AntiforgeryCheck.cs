using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace HQ.OAuth2;

/// <summary>
/// Whether a page or a script of this host requested a change, in the session that its form or token was made for (RFC 6749 §10.12).
/// </summary>
internal static class AntiforgeryCheck
{
    /// <param name="antiforgery">The host's antiforgery service.</param>
    /// <param name="http">The request.</param>
    /// <param name="form">
    /// The form of the request, as our own reader read it; <see cref="OAuthParameters.Empty"/> if only the header counts. The antiforgery
    /// service gets this form, so that it never reads a body itself: there is one reader and one limit.
    /// </param>
    public static async ValueTask<bool> IsGenuineAsync(this IAntiforgery antiforgery, HttpContext http, OAuthParameters form)
    {
        var fields = form.Names.Distinct(StringComparer.Ordinal).ToDictionary(name => name, name => new StringValues([.. form.All(name)]));
        http.Features.Set<IFormFeature>(new FormFeature(new FormCollection(fields)));
        try
        {
            return await antiforgery.IsRequestValidAsync(http);
        }
        catch (AntiforgeryValidationException)
        {
            return false;
        }
    }
}
