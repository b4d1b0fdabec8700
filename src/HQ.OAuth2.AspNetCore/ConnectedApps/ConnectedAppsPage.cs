using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>The page on which a user sees the access of apps and revokes it: of one app, of all apps of a group, or of all apps.</summary>
internal static class ConnectedAppsPage
{
    // A user reads no longer list, and each removal shows the rest.
    private const int MaxShown = 1000;

    public static async ValueTask<Reply> HandleAsync(HttpContext http)
    {
        var options = OAuthHttp.Settings(http).Options;
        if (await HostUser.FindAsync(http, options) is not { } user)
            return HostSignIn.Challenge(options.AuthenticationScheme, new() { RedirectUri = PathOf(http) });
        if (HostUser.Subject(user, options).Failed(out var unusable, out var subject))
            return unusable;
        if (HttpMethods.IsPost(http.Request.Method))
            return await RevokeAsync(http, subject);
        var page = await RenderAsync(http, subject, user.Identity?.Name ?? subject);
        return Reply.Of(there =>
        {
            PageHeaders.Set(there);
            return page.ExecuteAsync(there);
        });
    }

    /// <summary>Revokes the access that the pressed button stands for; an authorization id names the entry or the group that it is in.</summary>
    private static async ValueTask<Reply> RevokeAsync(HttpContext http, string subject)
    {
        var antiforgery = http.RequestServices.GetRequiredService<IAntiforgery>();
        var (apps, ct) = (Apps(http), http.RequestAborted);
        if ((await OAuthHttp.ReadFormAsync(http)).Failed(out var unreadable, out var form))
            return ErrorPage.Refuse(unreadable, tryAgain: PathOf(http));
        if (Unsealed(http, form, subject) is not { } unsealed || !await antiforgery.IsGenuineAsync(http, unsealed))
            return ErrorPage.Refuse(OAuthError.AntiforgeryTokenMissing, tryAgain: PathOf(http));

        if (form["all"] == "yes")
        {
            await apps.RevokeAllAsync(new(subject, null, MaxShown), RevokedBy.User, ct);
        }
        else
        {
            var groups = ConnectedAppGroup.Of((await apps.ListAsync(new(subject, null, MaxShown), ct)).Items);
            IEnumerable<string> pressed =
                form["entry"] is { } entry ? groups.SelectMany(g => g.Entries).FirstOrDefault(e => e.Ids.Contains(entry))?.Ids ?? []
                : form["group"] is { } group ? groups.FirstOrDefault(g => g.Ids.Contains(group))?.Ids ?? []
                : [];
            // A removal of several authorizations that has begun runs to its end, even if the user disconnects.
            foreach (var id in pressed)
                await apps.RevokeAsync(subject, id, RevokedBy.User, CancellationToken.None);
        }

        return Reply.Of(there =>
        {
            Redirection.To(there, PathOf(there));
            return Task.CompletedTask;
        });
    }

    // The public path: a proxy may have removed a part of it.
    private static string PathOf(HttpContext http) => OAuthHttp.Settings(http).Issuer.ConnectedAppsPath;

    private static async ValueTask<IResult> RenderAsync(HttpContext http, string subject, string account)
    {
        var texts = Layout.Texts(http);
        var groups = ConnectedAppGroup.Of((await Apps(http).ListAsync(new(subject, null, MaxShown), http.RequestAborted)).Items);
        var tokens = http.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(http);
        var token = Html.Of(
            $"<input type=\"hidden\" name=\"{tokens.FormFieldName}\" value=\"{Seals(http).SealToken(tokens.RequestToken, subject)}\">"
        );
        var body =
            groups.Count == 0
                ? Html.Of($"<p>{texts["apps.none"]}</p>")
                : Html.Of(
                    $"""
                    <p>{texts["apps.effect"]}</p>
                    {groups.Select((g, i) => Group(g, i, token, texts))}
                    <details><summary>{texts["apps.remove.all"]}</summary>
                    <form method="post" class="answer"><p>{texts["apps.remove.all.sure"]}</p>{token}<button name="all" value="yes">{texts[
                        "apps.remove.all.yes"
                    ]}</button></form></details>
                    """
                );
        return Layout.Page(
            http,
            texts["apps.title"],
            Html.Of(
                $"<h1>{texts["apps.title"]}</h1><p class=\"soft\">{texts.Of("consent.account", Html.Of($"<bdi>{account}</bdi>"))}</p>{body}"
            ),
            wide: true
        );
    }

    private static Html Group(ConnectedAppGroup group, int index, Html token, PageTexts texts)
    {
        var id = $"group{index.ToString(CultureInfo.InvariantCulture)}";
        var place =
            group.IsDevice ? texts["apps.place.device"]
            : group.IsLoopback ? texts["apps.place.loopback"]
            : texts.Plain("apps.place", group.RedirectHost);
        var all =
            group.Entries.Count == 1
                ? Html.None
                : Html.Of(
                    $"<form method=\"post\" class=\"remove\">{token}<button name=\"group\" value=\"{group.Entries[0].Ids[0]}\" aria-describedby=\"{id}\">{texts["apps.remove.group"]}</button></form>"
                );
        return Html.Of(
            $"""
            <section aria-labelledby="{id}"><h2 id="{id}" class="place">{place}</h2>
            <p class="{(group.Provenance == ClientProvenance.Dcr ? "warn" : "soft")}">{texts[
                "apps.provenance." + group.Provenance.Name()
            ]}</p>
            {group.Entries.Select((e, i) => Entry(e, $"{id}-{i.ToString(CultureInfo.InvariantCulture)}", token, texts))}{all}</section>
            """
        );
    }

    private static Html Entry(ConnectedAppEntry entry, string id, Html token, PageTexts texts) =>
        Html.Of(
            $"""
            <article class="app"><h3 id="{id}"><bdi>{entry.Name}</bdi></h3>
            <ul class="scopes">{entry.Scopes.Select(s => Html.Of($"<li>{texts.ScopeInWords(s)}</li>"))}</ul>
            <p class="soft">{texts["apps.for"]} {string.Join(", ", entry.Resources.Select(r => r.Name ?? r.Place))}</p>
            <p class="soft">{texts.Plain("apps.since", Day(entry.FirstGrantedAt))} {Used(entry, texts)}</p>
            <form method="post" class="remove">{token}<button name="entry" value="{entry.Ids[0]}" aria-describedby="{id}">{texts[
                "apps.remove"
            ]}</button></form></article>
            """
        );

    private static string Used(ConnectedAppEntry entry, PageTexts texts) =>
        (entry.LastUsedAt is { } used ? texts.Plain("apps.used", Day(used)) : texts["apps.unused"])
        + " "
        + entry.LiveSessions switch
        {
            0 => texts["apps.sessions.none"],
            1 => texts["apps.sessions.one"],
            var n => texts.Plain("apps.sessions", n.ToString(CultureInfo.InvariantCulture)),
        };

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // The seal is our own addition: the antiforgery service gets the token without it. Null when the seal is missing or another subject's.
    private static OAuthParameters? Unsealed(HttpContext http, OAuthParameters form, string subject)
    {
        var field = http.RequestServices.GetRequiredService<IOptions<AntiforgeryOptions>>().Value.FormFieldName;
        return Seals(http).TokenOf(form[field], subject) is { } token ? OAuthParameters.Of((field, token)) : null;
    }

    private static SubjectSeals Seals(HttpContext http) => http.RequestServices.GetRequiredService<SubjectSeals>();

    private static ConnectedApps Apps(HttpContext http) => http.RequestServices.GetRequiredService<ConnectedApps>();
}
