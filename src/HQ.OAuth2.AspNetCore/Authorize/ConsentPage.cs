using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// The page on which a user allows or denies access to an app. It shows for which account, which app asks, which host gets the answer, and which
/// scopes are requested. The host that gets the answer is at the top, because it is the one thing that an app cannot make up.
/// </summary>
internal static class ConsentPage
{
    // A longer list of what is not asked for says nothing.
    private const int MaxNotIncluded = 4;

    // The Enter key in a field presses the first button of a form. Ours closes a dialog that is not there, so the key neither signs out nor
    // answers. The button is transparent and not hidden, since browsers pass over a hidden one.
    private static readonly Html enterKey = Html.Of(
        $"<button class=\"enter\" formmethod=\"dialog\" tabindex=\"-1\" aria-hidden=\"true\"></button>"
    );

    public static IResult Render(HttpContext http, ConsentForm form)
    {
        var (consent, texts) = (form.Consent, Layout.Texts(http));
        return Layout.Question(
            http,
            texts.Plain("consent.title", consent.ClientName),
            Html.Of(
                $"""
                <form method="post" action="{form.Action ?? OAuthHttp.Settings(http).Issuer.AuthorizePath}">
                {form.FormFields.Select(f => Html.Of($"<input type=\"hidden\" name=\"{f.Key}\" value=\"{f.Value}\">"))}
                {enterKey}
                <div class="account"><p>{texts.Of("account", Name(Account(form.User)))}</p>{Switch(form, texts)}</div>
                <div class="pair">{Monogram.Of(consent.ClientName, consent.RedirectHost)}{Icons.Arrow}{Layout.Theme(http).Tile}</div>
                <h1>{texts.Of("consent.heading", Name(consent.ClientName), Name(consent.ServiceName))}</h1>
                <dl><div><dt>{texts["consent.to"]}</dt><dd>{Destination(consent, texts)} <span class="soft">{Provenance(consent, texts)}{Keys(consent.ProvesItselfByKeys, texts)}</span></dd></div>
                {Resources(consent.Resources, texts)}{OnlyOrganization(consent, texts)}</dl>
                {Alarm(consent, texts)}
                {Notes(consent, texts)}
                {Organizations(consent, texts)}
                {Scopes(consent, texts)}
                {Links(consent, texts)}
                <p class="soft">{Lifetime(consent, texts)}</p>
                <div class="answer">{Sum(consent, texts)}<button name="decision" value="deny" formnovalidate>{texts[
                    "consent.deny"
                ]}</button><button class="main" name="decision" value="approve">{texts["consent.allow"]}</button></div>
                </form>
                """
            )
        );
    }

    // The text direction of a name is isolated from the text around it.
    private static Html Name(string? name) => Html.Of($"<bdi>{name}</bdi>");

    private static Html Destination(ConsentModel consent, PageTexts texts)
    {
        var host = Html.Of($"<span class=\"to\">{consent.RedirectHost}</span>");
        return consent.UserCode is { } code ? Html.Of($"{texts["device.to"]} <span class=\"to code\">{code}</span>")
            : consent.IsLoopbackRedirect ? Html.Of($"{texts["consent.to.loopback"]} {host}")
            : consent.IsPrivateUseRedirect ? Html.Of($"{texts["consent.to.scheme"]} {host}")
            : host;
    }

    // The name of an organization in a registration is the host's own; users see it where the host has words for it.
    private static Html Provenance(ConsentModel consent, PageTexts texts) =>
        consent switch
        {
            { Provenance: ClientProvenance.Api, Org: { } org } when texts.Find("org." + org) is { } named => texts.Of(
                "provenance.api.org",
                Name(named)
            ),
            { Provenance: ClientProvenance.Dcr, FirstSeen: { } since } => texts.Of("provenance.dcr.since", texts.Day(since)),
            _ => Provenance(consent.Provenance, consent.ClientId, texts),
        };

    /// <summary>Whether the app proves itself by a key of its own.</summary>
    public static Html Keys(bool provesItselfByKeys, PageTexts texts) =>
        provesItselfByKeys ? Html.Of($" {texts["provenance.keys"]}") : Html.None;

    /// <summary>How far the name of an app can be trusted.</summary>
    public static Html Provenance(ClientProvenance provenance, string clientId, PageTexts texts) =>
        texts.Of("provenance." + provenance.Name(), Html.Of($"<strong>{UriText.DisplayHost(clientId)}</strong>"));

    /// <summary>The warning about a name that deceives: it has a colour and a title of its own.</summary>
    private static Html Alarm(ConsentModel consent, PageTexts texts)
    {
        return Html.Join([
            consent.ImitatesKnownClient ? One("consent.imitates") : Html.None,
            consent.ClaimsTrust ? One("consent.claims") : Html.None,
        ]);

        Html One(string text) => Alarm(text, texts);
    }

    /// <summary>A loud warning with its title.</summary>
    public static Html Alarm(string text, PageTexts texts) =>
        Html.Of($"<div class=\"alarm\">{Icons.Alarm}<p><strong>{texts[text + ".title"]}</strong> {texts[text]}</p></div>");

    /// <summary>What a user should know about each app of this kind: a quiet remark.</summary>
    private static Html Notes(ConsentModel consent, PageTexts texts)
    {
        return Html.Join([
            // RFC 8628 §5.4: somebody else may have sent the code.
            consent.IsDevice
                ? Html.Of($"<p class=\"note warn\">{Icons.Alarm}<span>{texts["device.warn"]}</span></p>")
                : Html.None,
            Note(consent.IsLoopbackRedirect && !consent.IsTrusted, "consent.loopback"),
            Note(consent.IsPrivateUseRedirect && !consent.IsTrusted, "consent.scheme"),
            Note(consent.IsPrivateUseRedirect, "consent.reopen"),
        ]);

        Html Note(bool applies, string text) =>
            applies ? Html.Of($"<p class=\"note\">{Icons.Info}<span>{texts[text]}</span></p>") : Html.None;
    }

    private static Html OnlyOrganization(ConsentModel consent, PageTexts texts) =>
        consent.Organizations is [var only]
            ? Html.Of($"<div><dt>{texts["consent.organization"]}</dt><dd>{Name(only.Name)}</dd></div>")
            : Html.None;

    private static Html Organizations(ConsentModel consent, PageTexts texts)
    {
        // None is chosen beforehand: the user decides.
        return consent.Organizations.Count < 2
            ? Html.None
            : Html.Of(
                $"<fieldset><legend>{texts["consent.organization.choose"]}</legend><ul class=\"scopes\">{consent.Organizations.Select(o => OrganizationChoice(o, isChosen: false))}</ul></fieldset>"
            );
    }

    /// <summary>An item of a list of organizations, of which one is to be chosen.</summary>
    public static Html OrganizationChoice(Organization organization, bool isChosen) =>
        Html.Of(
            $"<li><label><input type=\"radio\" name=\"{ConsentForms.OrganizationField}\" value=\"{organization.Id}\" required{(isChosen ? Html.Of($" checked") : Html.None)}> <span>{Name(organization.Name)}</span></label></li>"
        );

    private static Html Scopes(ConsentModel consent, PageTexts texts)
    {
        var given = consent.Scopes.Where(s => s.AlreadyGranted).ToList();
        var asked = consent.Scopes.Where(s => !s.AlreadyGranted).ToList();
        // If all scopes were granted before, show them instead of folding them.
        if (asked.Count == 0)
            (asked, given) = (given, []);
        // An empty value tells that the form had boxes, also when none is ticked.
        var marker = consent.ChooseScopes ? Html.Of($"<input type=\"hidden\" name=\"scope\" value=\"\">") : Html.None;
        var folded =
            given.Count == 0
                ? Html.None
                : Html.Of(
                    $"<details><summary class=\"soft\">{texts.Plain("consent.scopes.given", Number(given.Count))}</summary><ul class=\"scopes\">{given.Select(Item)}</ul></details>"
                );
        return Html.Of(
            $"""
            <h2 id="scopes">{texts[consent.ChooseScopes ? "consent.scopes.choose" : "consent.scopes"]}</h2>{marker}
            <ul class="scopes" aria-labelledby="scopes">{asked.OrderBy(s => s.Destructive).Select(Item)}</ul>
            {folded}{NotIncluded(consent, texts)}
            """
        );

        Html Item(ConsentScope scope) => Scope(scope, consent, texts);
    }

    private static Html NotIncluded(ConsentModel consent, PageTexts texts) =>
        consent.ScopesNotIncluded.Count is 0 or > MaxNotIncluded
            ? Html.None
            : Html.Of(
                $"<p class=\"soft\">{texts["consent.scopes.not"]} {consent.ScopesNotIncluded.Select((s, i) => Html.Of($"{(i == 0 ? "" : ", ")}<s>{texts.Scope(s)}</s>"))}</p>"
            );

    private static Html Scope(ConsentScope scope, ConsentModel consent, PageTexts texts)
    {
        if (!consent.ChooseScopes)
            return texts.ScopeItem(scope);
        // Destructive scopes are not ticked in advance.
        return ScopeBox(scope, texts, ticked: !scope.Destructive || scope.AlreadyGranted);
    }

    /// <summary>An item of a list of scopes with a box to tick.</summary>
    public static Html ScopeBox(ConsentScope scope, PageTexts texts, bool ticked) =>
        Html.Of(
            $"<li{(scope.Destructive ? Html.Of($" class=\"danger\"") : Html.None)}><label><input type=\"checkbox\" name=\"scope\" value=\"{scope.Name}\"{(ticked ? Html.Of($" checked") : Html.None)}> {Icons.Of(scope)}<span>{texts.ScopeInWords(scope)}</span></label></li>"
        );

    /// <summary>What the tokens are for; nothing when it is the service alone, which the page names already.</summary>
    public static Html Resources(IReadOnlyList<ConsentResource> resources, PageTexts texts) =>
        resources.All(r => r is { IsService: true, Name: null })
            ? Html.None
            : Html.Of($"<div><dt>{texts["consent.resources"]}</dt><dd><ul class=\"plain\">{resources.Select(Resource)}</ul></dd></div>");

    private static Html Resource(ConsentResource resource) =>
        resource.Name is { } name
            ? Html.Of($"<li>{name} <span class=\"soft\">{resource.Place}</span></li>")
            : Html.Of($"<li>{resource.Place}</li>");

    private static Html Links(ConsentModel consent, PageTexts texts)
    {
        if (consent.Links.Count == 0)
            return Html.None;
        var links = consent.Links.Select(l =>
            Html.Of(
                $"<li><a href=\"{l.Uri}\" rel=\"noopener noreferrer nofollow\">{texts["consent.link." + l.Kind]}</a> <span class=\"soft\">{l.Host}</span></li>"
            )
        );
        var foreign = consent.HasForeignLinks ? Html.Of($"<p class=\"soft\">{texts["consent.links.foreign"]}</p>") : Html.None;
        return Html.Of($"<h2>{texts["consent.links"]}</h2><ul class=\"plain\">{links}</ul>{foreign}");
    }

    private static string Lifetime(ConsentModel consent, PageTexts texts) =>
        consent.RefreshTokenLifetime is { } lifetime
            ? texts.Plain("consent.until", texts.Duration(lifetime))
            : texts.Plain("consent.once", texts.Duration(consent.AccessTokenLifetime));

    // Above the buttons on a small screen, where the scopes may be further down.
    private static Html Sum(ConsentModel consent, PageTexts texts)
    {
        if (consent.Scopes.Count == 0)
            return Html.None;
        var text = consent.Scopes.Count == 1 ? "consent.sum.one" : "consent.sum";
        text = consent.Scopes.Any(s => s.Destructive) ? text + ".destructive" : text;
        return Html.Of($"<p><a href=\"#scopes\">{texts.Plain(text, Number(consent.Scopes.Count))}</a></p>");
    }

    private static Html Switch(ConsentForm form, PageTexts texts) =>
        form.CanSwitchAccount
            ? Html.Of(
                $"<button class=\"link\" name=\"decision\" value=\"{AuthorizationContext.SwitchAccount}\" formnovalidate>{texts["consent.switch"]}</button>"
            )
            : Html.None;

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);

    public static string? Account(ClaimsPrincipal? user) => user?.Identity?.Name ?? user?.FindFirst(ClaimTypes.NameIdentifier)?.Value;
}
