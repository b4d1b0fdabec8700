using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>A user's list of connected apps over HTTP, for the host's own front end. The caller is the host's session, never a client.</summary>
internal static class ConnectedAppsApi
{
    /// <summary>GET: the list. Its answer carries the antiforgery token that a DELETE sends back.</summary>
    public static async Task ListAsync(HttpContext http)
    {
        if (await SubjectAsync(http) is not { } subject)
            return;
        if (!PageQuery.TryRead(http.Request.Query, out var limit, out var after, out var invalid))
        {
            await Problem.WriteAsync(http, OAuthError.InvalidField, invalid);
            return;
        }

        var page = await Apps(http).ListAsync(new(subject, null, limit, after), http.RequestAborted);
        // Scripts of the host's own origin can read a header; others cannot, because these paths have no CORS.
        if (Of<IOptions<AntiforgeryOptions>>(http).Value.HeaderName is { } header)
            http.Response.Headers[header] = Of<SubjectSeals>(http)
                .SealToken(Of<IAntiforgery>(http).GetAndStoreTokens(http).RequestToken, subject);
        await OAuthHttp.WriteJsonAsync(
            http,
            StatusCodes.Status200OK,
            JsonSerializer.SerializeToUtf8Bytes(ConnectedAppsResponse.Of(page), ConnectedAppsJson.Default.ConnectedAppsResponse)
        );
    }

    /// <summary>DELETE of one.</summary>
    public static async Task RevokeAsync(HttpContext http)
    {
        if (await SubjectAsync(http) is not { } subject || !await IsGenuineAsync(http, subject))
            return;
        var id = (string)http.Request.RouteValues["authorization_id"]!;
        if (await Apps(http).RevokeAsync(subject, id, RevokedBy.User, http.RequestAborted))
            NoContent(http);
        else
            await Problem.WriteAsync(http, OAuthError.NotFound);
    }

    /// <summary>DELETE of all that the user has allowed.</summary>
    public static async Task RevokeAllAsync(HttpContext http)
    {
        if (await SubjectAsync(http) is not { } subject || !await IsGenuineAsync(http, subject))
            return;
        await Apps(http).RevokeAllAsync(new(subject, null, PageQuery.MaxLimit), RevokedBy.User, http.RequestAborted);
        NoContent(http);
    }

    private static async ValueTask<string?> SubjectAsync(HttpContext http)
    {
        var options = OAuthHttp.Settings(http).Options;
        var user = await HostUser.FindAsync(http, options);
        Outcome<string> known = user is null ? OAuthError.SessionNeeded : HostUser.Subject(user, options);
        if (!known.Failed(out var error, out var subject))
            return subject;
        await Problem.WriteAsync(http, error);
        return null;
    }

    private static async ValueTask<bool> IsGenuineAsync(HttpContext http, string subject)
    {
        if (IsSealed(http, subject) && await Of<IAntiforgery>(http).IsGenuineAsync(http, OAuthParameters.Empty))
            return true;
        await Problem.WriteAsync(http, OAuthError.AntiforgeryTokenMissing);
        return false;
    }

    // The seal is ours: the antiforgery service reads the header without it.
    private static bool IsSealed(HttpContext http, string subject)
    {
        if (
            Of<IOptions<AntiforgeryOptions>>(http).Value.HeaderName is not { } header
            || http.Request.Headers[header] is not [{ } sent]
            || Of<SubjectSeals>(http).TokenOf(sent, subject) is not { } token
        )
            return false;
        http.Request.Headers[header] = token;
        return true;
    }

    private static void NoContent(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static ConnectedApps Apps(HttpContext http) => Of<ConnectedApps>(http);

    private static T Of<T>(HttpContext http)
        where T : notnull => http.RequestServices.GetRequiredService<T>();
}
