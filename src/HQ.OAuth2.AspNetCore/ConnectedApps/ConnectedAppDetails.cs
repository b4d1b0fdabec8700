namespace HQ.OAuth2;

/// <summary>One connected app, and the forms that change it while it stays connected.</summary>
internal static class ConnectedAppDetails
{
    public static Html Render(ConnectedAppEntry entry, ConnectedAppsView view, Html done)
    {
        var texts = view.Texts;
        return Html.Of(
            $"""
            <p class="soft"><a href="{view.Path}">{texts["apps.back"]}</a></p>
            <div class="name">{Monogram.Of(entry.Name, entry.Place)}<h1><bdi>{entry.Name}</bdi></h1>{view.State(entry)}</div>
            {done}{view.Alarm(entry)}
            <dl>{From(entry, texts)}
            {ConsentPage.Resources(entry.Resources, texts)}{Organization(entry, view)}</dl>
            <p class="soft">{ConnectedAppsList.Use(entry, texts)}</p>
            {Form(entry, view, "narrow", Narrowing(entry, texts))}
            <h2>{texts["apps.pause.title"]}</h2>
            {(
                entry.IsPaused
                    ? Form(entry, view, "resume", Row(Word(entry, "resume.hint", texts), Word(entry, "resume", texts)))
                    : Form(entry, view, "pause", Row(Word(entry, "pause.hint", texts), Word(entry, "pause", texts)))
            )}
            <h2>{texts["apps.end.title"]}</h2>
            {Form(entry, view, "end", End(texts))}
            {Offline(entry, texts)}
            {view.Removal(
                texts["apps.remove"],
                texts.Plain("apps.remove.sure", entry.Name),
                texts["apps.remove.yes"],
                "entry",
                entry.Apps[0].AuthorizationId
            )}
            """
        );
    }

    // A personal access token is read by nobody but this server.
    private static Html Offline(ConnectedAppEntry entry, PageTexts texts) =>
        entry.IsPersonalToken ? Html.None : Html.Of($"<p class=\"note\">{Icons.Info}<span>{texts["apps.offline"]}</span></p>");

    private static string Word(ConnectedAppEntry entry, string name, PageTexts texts) =>
        texts[(entry.IsPersonalToken ? "token." : "apps.") + name];

    private static Html From(ConnectedAppEntry entry, PageTexts texts) =>
        entry.IsPersonalToken
            ? Html.Of($"<div><dt>{texts["token.kind"]}</dt><dd>{texts["apps.provenance.personal"]}</dd></div>")
            : Html.Of(
                $"<div><dt>{texts["consent.to"]}</dt><dd>{At(entry, texts)} <span class=\"soft\">{ConsentPage.Provenance(entry.Provenance, entry.Apps[0].ClientId, texts)}{ConsentPage.Keys(entry.Apps[0].ProvesItselfByKeys, texts)}</span></dd></div>"
            );

    private static Html At(ConnectedAppEntry entry, PageTexts texts) =>
        entry.IsLoopback ? texts.Of("apps.at.loopback")
        : entry.Apps[0].IsDevice ? texts.Of("apps.at.device")
        : entry.Place.EndsWith(':') ? Html.Of($"{texts["apps.at.scheme"]} <span class=\"to\">{entry.Place}</span>")
        : Html.Of($"<span class=\"to\">{entry.Place}</span>");

    private static Html Organization(ConnectedAppEntry entry, ConnectedAppsView view) =>
        entry.Apps[0].Organization is { } id
            ? Html.Of($"<div><dt>{view.Texts["consent.organization"]}</dt><dd><bdi>{view.NameOf(id)}</bdi></dd></div>")
            : Html.None;

    private static Html Form(ConnectedAppEntry entry, ConnectedAppsView view, string change, Html content) =>
        Html.Of(
            $"<form method=\"post\" action=\"{view.Path}\">{view.Token}<input type=\"hidden\" name=\"app\" value=\"{entry.Apps[0].AuthorizationId}\"><input type=\"hidden\" name=\"change\" value=\"{change}\">{content}</form>"
        );

    private static Html Row(string hint, string button) => Html.Of($"<div class=\"row\"><p>{hint}</p><button>{button}</button></div>");

    private static Html Narrowing(ConnectedAppEntry entry, PageTexts texts)
    {
        if (entry.Scopes.Count == 0)
            return Html.None;
        // The only one of its kind cannot be taken away: then the app is removed.
        var scopes =
            entry.Scopes.Count == 1
                ? Html.Of($"{texts.ScopeItem(entry.Scopes[0])}{Hidden("scope", entry.Scopes[0].Name)}")
                : Html.Of($"{entry.Scopes.Select(s => ConsentPage.ScopeBox(s, texts, ticked: true))}");
        var resources =
            entry.Resources.Count == 1
                ? Hidden("resource", entry.Resources[0].Identifier)
                : Html.Of(
                    $"<fieldset><legend>{texts["apps.may.resources"]}</legend><ul class=\"scopes\">{entry.Resources.Select(Resource)}</ul></fieldset>"
                );
        var save =
            entry.Scopes.Count == 1 && entry.Resources.Count == 1 ? Html.None : Row(Word(entry, "may.hint", texts), texts["apps.may.save"]);
        return Html.Of($"<fieldset><legend>{texts["apps.may"]}</legend><ul class=\"scopes\">{scopes}</ul></fieldset>{resources}{save}");
    }

    private static Html Resource(ConsentResource resource) =>
        Html.Of(
            $"<li><label><input type=\"checkbox\" name=\"resource\" value=\"{resource.Identifier}\" checked> <span>{resource.Name ?? resource.Place}</span></label></li>"
        );

    private static Html End(PageTexts texts) =>
        Html.Of(
            $"<div class=\"row\"><label for=\"until\">{texts["apps.end.choose"]}</label> <select id=\"until\" name=\"until\">{ConnectedAppsForm.Ends.Select(e => Html.Of($"<option value=\"{e}\">{texts["apps.end." + e]}</option>"))}</select><button>{texts["apps.end"]}</button></div>"
        );

    private static Html Hidden(string name, string value) => Html.Of($"<input type=\"hidden\" name=\"{name}\" value=\"{value}\">");
}
