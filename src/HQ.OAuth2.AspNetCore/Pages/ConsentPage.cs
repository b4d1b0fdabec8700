using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>The page on which a user allows an app in, or not: who asks, where the answer goes, what for, and as whom.</summary>
internal static class ConsentPage
{
    public static IResult Render(AuthorizationContext context)
    {
        var consent = context.Consent;
        return Layout.Page(
            $"Allow {consent.ClientName}?",
            Html.Of(
                $"""
                <h1>Allow {consent.ClientName} to use your account?</h1>
                <p>The answer goes to <span class="to">{consent.RedirectHost}</span></p>
                {Provenance(consent)}{Redirect(consent)}
                <h2>It will be able to</h2><ul>{consent.Scopes.Select(Scope)}</ul>
                <h2>At</h2><ul>{consent.Resources.Select(r => Html.Of($"<li>{r}</li>"))}</ul>
                {Links(consent)}<p class="soft">{Lifetime(consent)}</p>
                <p class="soft">You are signed in as {Account(context.User)}.</p>
                <form method="post" action="{context.Http.Request.PathBase.Add(context.Http.Request.Path).ToUriComponent()}">
                {context.FormFields.Select(f => Html.Of($"<input type=\"hidden\" name=\"{f.Key}\" value=\"{f.Value}\">"))}
                <button name="decision" value="deny">Deny</button><button class="main" name="decision" value="approve">Allow</button>
                </form>
                """
            )
        );
    }

    private static Html Provenance(ConsentModel consent) =>
        consent.Provenance switch
        {
            ClientProvenance.Api => Html.Of($"<p class=\"soft\">Registered by an administrator{Org(consent.Org)}.</p>"),
            ClientProvenance.Cimd => Html.Of($"<p class=\"warn\">Identified by {consent.ClientId} only.</p>"),
            _ => Html.Of(
                $"<p class=\"warn\">This app registered itself{Since(consent.FirstSeen)}. Its name is not verified.{Imitation(consent)}</p>"
            ),
        };

    private static Html Org(string? org) => org is null ? Html.None : Html.Of($", {org}");

    private static Html Since(DateTimeOffset? time) =>
        time is { } t ? Html.Of($" on {t.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}") : Html.None;

    private static Html Imitation(ConsentModel consent) =>
        consent.ImitatesKnownClient ? Html.Of($" It uses the name of an app that is registered here, and it is not that app.") : Html.None;

    private static Html Redirect(ConsentModel consent) =>
        consent.IsLoopbackRedirect
            ? Html.Of($"<p class=\"warn\">That is a program on this computer. Go on only if you started it just now.</p>")
        : consent.IsPrivateUseRedirect
            ? Html.Of($"<p class=\"warn\">That is whichever app on this device has claimed this kind of link.</p>")
        : Html.None;

    private static Html Scope(ConsentScope scope) =>
        Html.Of(
            $"<li>{scope.Description ?? scope.Name}{(scope.Destructive ? Html.Of($" <strong>(can destroy data)</strong>") : Html.None)}</li>"
        );

    private static Html Links(ConsentModel consent) =>
        consent.Links.Count == 0
            ? Html.None
            : Html.Of(
                $"<h2>It says about itself</h2><ul>{consent.Links.Select(l => Html.Of($"<li><a href=\"{l}\" rel=\"noopener noreferrer nofollow\">{l}</a></li>"))}</ul>"
            );

    private static string Lifetime(ConsentModel consent) =>
        consent.RefreshTokenLifetime is { } lifetime
            ? $"Until you take it back, for {Days(lifetime)} at most."
            : $"For {Math.Ceiling(consent.AccessTokenLifetime.TotalMinutes).ToString(CultureInfo.InvariantCulture)} minutes.";

    private static string Days(TimeSpan time) => $"{Math.Max(1, Math.Ceiling(time.TotalDays)).ToString(CultureInfo.InvariantCulture)} days";

    private static string? Account(ClaimsPrincipal? user) => user?.Identity?.Name ?? user?.FindFirst(ClaimTypes.NameIdentifier)?.Value;
}
