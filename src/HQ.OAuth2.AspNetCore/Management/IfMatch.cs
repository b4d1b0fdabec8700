using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace HQ.OAuth2;

/// <summary>The precondition of a change (RFC 9110 §13.1.1).</summary>
/// <param name="Expected">The version that may be changed; null = any.</param>
internal sealed record IfMatch(long? Expected)
{
    // A version that no client has.
    private const long None = -1;

    /// <summary>The strong validator of a client (§8.8.3): its version, which each change raises. Recording a use does not change it.</summary>
    public static string ETagOf(Client client) => string.Create(CultureInfo.InvariantCulture, $"\"{client.Version}\"");

    /// <summary>The condition of the header; an error when it is malformed.</summary>
    public static async ValueTask<Outcome<IfMatch>> ReadAsync(HttpContext http, ClientRegistrar clients, string clientId)
    {
        if (http.Request.Headers.IfMatch.Count == 0)
            return new IfMatch(Expected: null);
        if (!EntityTagHeaderValue.TryParseStrictList(http.Request.Headers.IfMatch, out var tags))
            return OAuthError.InvalidField.Because("If-Match must be *, or ETags in double quotes");
        if (tags.Contains(EntityTagHeaderValue.Any))
            return new IfMatch(Expected: null);
        // Strong comparison: a weak tag matches nothing. If there are several tags, the one of the client's current version is used.
        var current = await clients.FindAsync(clientId, http.RequestAborted);
        return new IfMatch(current is not null && tags.Any(t => !t.IsWeak && t.Tag == ETagOf(current)) ? current.Version : None);
    }
}
