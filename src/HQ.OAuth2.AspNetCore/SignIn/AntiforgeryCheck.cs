using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace HQ.OAuth2;

/// <summary>Whether a change was asked for by a page or a script of this host, in the session it was made for (RFC 6749 §10.12).</summary>
internal static class AntiforgeryCheck
{
    /// <param name="antiforgery">The host's antiforgery service.</param>
    /// <param name="http">The request.</param>
    /// <param name="form">
    /// Its form, as our own reader read it; <see cref="OAuthParameters.Empty"/> where only the header counts. The service is given this
    /// form, so that it never reads a body itself: one reader, one limit.
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
