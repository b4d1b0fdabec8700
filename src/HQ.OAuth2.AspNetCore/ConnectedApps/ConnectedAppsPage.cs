using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>
/// The page on which a user sees the access of apps, changes it (<c>?app=</c> an authorization), and revokes it: of one app, of all apps of a
/// group, or of all apps.
/// </summary>
internal static class ConnectedAppsPage
{
    public static async ValueTask<Reply> HandleAsync(HttpContext http)
    {
        var options = OAuthHttp.Settings(http).Options;
        if (await HostUser.FindAsync(http, options) is not { } user)
            return HostSignIn.Challenge(options.AuthenticationScheme, new() { RedirectUri = PathOf(http) });
        if (HostUser.Subject(user, options).Failed(out var unusable, out var subject))
            return unusable;
        if (HttpMethods.IsPost(http.Request.Method))
            return await AnswerAsync(http, subject);
        var page = await RenderAsync(http, subject, user.Identity?.Name ?? subject);
        return Reply.Of(there =>
        {
            PageHeaders.Set(there);
            return page.ExecuteAsync(there);
        });
    }

    /// <summary>Does what the pressed button stands for, and shows the page again with what happened.</summary>
    private static async ValueTask<Reply> AnswerAsync(HttpContext http, string subject)
    {
        if ((await OAuthHttp.ReadFormAsync(http)).Failed(out var unreadable, out var form))
            return ErrorPage.Refuse(unreadable, tryAgain: PathOf(http));
        if (Unsealed(http, form, subject) is not { } unsealed || !await Of<IAntiforgery>(http).IsGenuineAsync(http, unsealed))
            return ErrorPage.Refuse(OAuthError.AntiforgeryTokenMissing, tryAgain: PathOf(http));

        var answer = new ConnectedAppsForm(Of<ConnectedApps>(http), subject, Of<TimeProvider>(http));
        var (note, app) = await answer.DoAsync(form, http.RequestAborted);
        var shown = app is null ? "" : $"app={app}&";
        var location = $"{PathOf(http)}?{shown}{PageNotes.Parameter}={Of<PageNotes>(http).Protect(note, subject)}";
        return Reply.Of(there =>
        {
            Redirection.To(there, location);
            return Task.CompletedTask;
        });
    }

    // The public path: a proxy may have removed a part of it.
    private static string PathOf(HttpContext http) => OAuthHttp.Settings(http).Issuer.ConnectedAppsPath;

    private static async ValueTask<IResult> RenderAsync(HttpContext http, string subject, string account)
    {
        var (texts, ct) = (Layout.Texts(http), http.RequestAborted);
        var groups = await ConnectedAppsForm.GroupsAsync(Of<ConnectedApps>(http), subject, ct);
        var tokens = Of<IAntiforgery>(http).GetAndStoreTokens(http);
        var note = Of<PageNotes>(http).Read(http.Request.Query[PageNotes.Parameter], subject);
        var view = new ConnectedAppsView(
            texts,
            Html.Of(
                $"<input type=\"hidden\" name=\"{tokens.FormFieldName}\" value=\"{Of<SubjectSeals>(http).SealToken(tokens.RequestToken, subject)}\">"
            ),
            PathOf(http),
            OAuthHttp.Settings(http) is { Options.PersonalAccessTokens: true } settings ? settings.Issuer.PersonalTokenPath : null,
            await ImitatorsAsync(http, groups, ct),
            await OrganizationsAsync(http, groups, subject, ct)
        );
        var done = note is null
            ? Html.None
            : Html.Of($"<p class=\"done\" role=\"status\">{Icons.Done}<span>{texts.Plain(note.Text, note.Name)}</span></p>");
        if (ConnectedAppsForm.EntryOf(groups, http.Request.Query["app"]) is { } entry)
            return Layout.Page(http, entry.Name, ConnectedAppDetails.Render(entry, view, done), wide: true);
        return Layout.Page(
            http,
            texts["apps.title"],
            Html.Of(
                $"<h1>{texts["apps.title"]}</h1><p class=\"soft\">{texts.Of("account", Html.Of($"<bdi>{account}</bdi>"))}</p>{done}{ConnectedAppsList.Render(groups, view)}"
            ),
            wide: true
        );
    }

    // The names of self-registered apps that are like the name of one of the host's own.
    private static async ValueTask<HashSet<string>> ImitatorsAsync(
        HttpContext http,
        IEnumerable<ConnectedAppGroup> groups,
        CancellationToken ct
    )
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var names = groups.Where(g => g.Provenance != ClientProvenance.Api).SelectMany(g => g.Entries).Select(e => e.Name).Distinct();
        foreach (var name in names)
        {
            if (await Of<Imitations>(http).ImitatesAsync(name, ct))
                found.Add(name);
        }

        return found;
    }

    // The host is asked only if an authorization is for an organization.
    private static async ValueTask<Dictionary<string, string>> OrganizationsAsync(
        HttpContext http,
        IReadOnlyList<ConnectedAppGroup> groups,
        string subject,
        CancellationToken ct
    ) =>
        groups.Any(g => g.Organization is not null) && await Of<GrantHost>(http).OrganizationsAsync(subject, ct) is { } own
            ? own.DistinctBy(o => o.Id).ToDictionary(o => o.Id, o => o.Name, StringComparer.Ordinal)
            : [];

    // The seal is our own addition: the antiforgery service gets the token without it. Null when the seal is missing or another subject's.
    private static OAuthParameters? Unsealed(HttpContext http, OAuthParameters form, string subject)
    {
        var field = Of<IOptions<AntiforgeryOptions>>(http).Value.FormFieldName;
        return Of<SubjectSeals>(http).TokenOf(form[field], subject) is { } token ? OAuthParameters.Of((field, token)) : null;
    }

    private static T Of<T>(HttpContext http)
        where T : notnull => http.RequestServices.GetRequiredService<T>();
}

/// <summary>What the list and the details of connected apps have in common.</summary>
/// <param name="Texts">The words.</param>
/// <param name="Token">The hidden field of each form.</param>
/// <param name="Path">The page's own path.</param>
/// <param name="Imitators">Names that are like the name of an app of the host.</param>
/// <param name="NewTokenPath">The page for a new personal access token; null = there are none.</param>
/// <param name="Organizations">The names of the user's organizations by their ids.</param>
internal sealed record ConnectedAppsView(
    PageTexts Texts,
    Html Token,
    string Path,
    string? NewTokenPath,
    IReadOnlySet<string> Imitators,
    IReadOnlyDictionary<string, string> Organizations
)
{
    /// <summary>An organization as its user knows it.</summary>
    public string NameOf(string organization) => Organizations.GetValueOrDefault(organization, organization);

    /// <summary>Where the apps of a group are; devices and personal access tokens have no host.</summary>
    public string Place(ConnectedAppGroup group) =>
        group.IsLoopback ? Texts["apps.place.loopback"]
        : group.IsPersonalTokens ? Texts["apps.place.personal"]
        : group.RedirectHost.Length == 0 ? Texts["apps.place.device"]
        : group.RedirectHost.EndsWith(':') ? Texts.Plain("apps.place.scheme", group.RedirectHost)
        : Texts.Plain("apps.place", group.RedirectHost);

    /// <summary>The loud warning of the consent page, again.</summary>
    public Html Alarm(ConnectedAppEntry entry) =>
        entry.Provenance != ClientProvenance.Api && Imitators.Contains(entry.Name) ? ConsentPage.Alarm("apps.imitates", Texts) : Html.None;

    /// <summary>Whether the app is paused, and when its access ends.</summary>
    public Html State(ConnectedAppEntry entry) =>
        Html.Join([
            entry.IsPaused ? Html.Of($"<span class=\"badge state\">{Texts["apps.paused"]}</span>") : Html.None,
            entry.EndsAt is { } end ? Html.Of($"<span class=\"badge state\">{Texts.Of("apps.ends", Texts.Moment(end))}</span>") : Html.None,
        ]);

    /// <summary>Asks once before access is removed: the button is behind the question.</summary>
    public Html Removal(string title, string question, string yes, string field, string value) =>
        Html.Of(
            $"<details class=\"remove\"><summary>{title}</summary><form method=\"post\" action=\"{Path}\" class=\"row\">{Token}<p>{question}</p><button name=\"{field}\" value=\"{value}\">{yes}</button></form></details>"
        );
}
