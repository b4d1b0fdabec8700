using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>
/// A user's list of connected apps over HTTP, for the host's own front end. The caller is a session of the host, never a client.
/// </summary>
internal static class ConnectedAppsApi
{
    /// <summary>GET: the list. Its answer carries the antiforgery token that a DELETE sends back.</summary>
    public static async ValueTask<Reply> ListAsync(HttpContext http)
    {
        if ((await SubjectAsync(http)).Failed(out var nobody, out var subject))
            return nobody;
        if (!PageQuery.TryRead(http.Request.Query, out var limit, out var after, out var invalid))
            return Problem.Refuse(http, OAuthError.InvalidField, invalid);
        var page = await Apps(http).ListAsync(new(subject, null, limit, after), http.RequestAborted);
        // Scripts of the host's own origin can read a header; others cannot, because these paths have no CORS.
        if (Of<IOptions<AntiforgeryOptions>>(http).Value.HeaderName is { } header)
            http.Response.Headers[header] = Of<SubjectSeals>(http)
                .SealToken(Of<IAntiforgery>(http).GetAndStoreTokens(http).RequestToken, subject);
        return Reply.Json(ConnectedAppsResponse.Of(page), ConnectedAppsJson.Default.ConnectedAppsResponse);
    }

    /// <summary>DELETE of one authorization.</summary>
    public static async ValueTask<Reply> RevokeAsync(HttpContext http)
    {
        if ((await GenuineSubjectAsync(http)).Failed(out var refused, out var subject))
            return refused;
        var id = (string)http.Request.RouteValues["authorization_id"]!;
        return await Apps(http).RevokeAsync(subject, id, RevokedBy.User, http.RequestAborted) ? Reply.Nothing() : OAuthError.NotFound;
    }

    /// <summary>PATCH of one authorization: the user narrows it, pauses or resumes it, or sets its end.</summary>
    public static async ValueTask<Reply> ChangeAsync(HttpContext http)
    {
        if ((await GenuineSubjectAsync(http)).Failed(out var refused, out var subject))
            return refused;
        var (body, unreadable) = await JsonBody.ReadAsync(http, ConnectedAppsJson.Default.GrantChangeBody);
        if (body is null)
            return unreadable!;
        if (body.Read(out var invalid) is not { } change)
            return Problem.Refuse(http, OAuthError.InvalidField, new InvalidField(invalid, "has an invalid value"));
        var id = (string)http.Request.RouteValues["authorization_id"]!;
        if (!(await Apps(http).ChangeAsync(subject, id, change, http.RequestAborted)).Failed(out var error, out var app))
            return Reply.Json(ConnectedAppResponse.Of(app), ConnectedAppsJson.Default.ConnectedAppResponse);
        return Refuse(http, error);
    }

    /// <summary>A refusal as a problem, with the field that it is about.</summary>
    public static Reply Refuse(HttpContext http, OAuthError error) =>
        error is { Field: { } field, Reason: { } reason }
            ? Problem.Refuse(http, error, new InvalidField(field, reason[(field.Length + 1)..]))
            : error;

    /// <summary>DELETE of all authorizations of the user.</summary>
    public static async ValueTask<Reply> RevokeAllAsync(HttpContext http)
    {
        if ((await GenuineSubjectAsync(http)).Failed(out var refused, out var subject))
            return refused;
        await Apps(http).RevokeAllAsync(new(subject, null, PageQuery.MaxLimit), RevokedBy.User, http.RequestAborted);
        return Reply.Nothing();
    }

    private static async ValueTask<Outcome<string>> SubjectAsync(HttpContext http)
    {
        var options = OAuthHttp.Settings(http).Options;
        return await HostUser.FindAsync(http, options) is { } user ? HostUser.Subject(user, options) : OAuthError.SessionNeeded;
    }

    /// <summary>The user of the session, if a page or a script of this host made the request.</summary>
    public static async ValueTask<Outcome<string>> GenuineSubjectAsync(HttpContext http)
    {
        if ((await SubjectAsync(http)).Failed(out var nobody, out var subject))
            return nobody;
        return IsSealed(http, subject) && await Of<IAntiforgery>(http).IsGenuineAsync(http, OAuthParameters.Empty)
            ? subject
            : OAuthError.AntiforgeryTokenMissing;
    }

    // The seal is our own addition: the antiforgery service reads the header without it.
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

    private static ConnectedApps Apps(HttpContext http) => Of<ConnectedApps>(http);

    private static T Of<T>(HttpContext http)
        where T : notnull => http.RequestServices.GetRequiredService<T>();
}
