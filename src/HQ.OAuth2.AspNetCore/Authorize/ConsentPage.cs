using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// The page on which a user allows or denies access to an app. It shows which app asks, which host gets the answer, which scopes are requested,
/// and for which account. The host that gets the answer is at the top, because it is the one thing that an app cannot make up.
/// </summary>
internal static class ConsentPage
{
    public static IResult Render(HttpContext http, ConsentForm form)
    {
        var (consent, texts) = (form.Consent, Layout.Texts(http));
        return Layout.Page(
            http,
            texts.Plain("consent.title", consent.ClientName),
            Html.Of(
                $"""
                <h1>{texts.Of("consent.heading", Name(consent.ClientName), Name(consent.ServiceName))}</h1>
                <dl><div><dt>{texts["consent.to"]}</dt><dd>{Destination(consent, texts)}</dd></div>
                <div><dt>{texts["consent.provenance"]}</dt><dd>{Provenance(consent, texts)}</dd></div></dl>
                {Warnings(consent, texts)}
                <form method="post" action="{form.Action ?? OAuthHttp.Settings(http).Issuer.AuthorizePath}">
                {form.FormFields.Select(f => Html.Of($"<input type=\"hidden\" name=\"{f.Key}\" value=\"{f.Value}\">"))}
                {Organizations(consent, texts)}
                {Scopes(consent, texts)}
                <h2>{texts["consent.resources"]}</h2><ul class="plain">{consent.Resources.Select(Resource)}</ul>
                {Links(consent, texts)}
                <p class="soft">{Lifetime(consent, texts)}</p>
                <div class="answer"><button name="decision" value="deny">{texts[
                    "consent.deny"
                ]}</button><button class="main" name="decision" value="approve">{texts["consent.allow"]}</button></div>
                <div class="account"><p>{texts.Of("consent.account", Name(Account(form.User)))}</p>{Switch(form, texts)}</div>
                </form>
                """
            )
        );
    }

    // The text direction of a name is isolated from the text around it.
    private static Html Name(string? name) => Html.Of($"<bdi>{name}</bdi>");

    private static Html Destination(ConsentModel consent, PageTexts texts) =>
        consent.UserCode is { } code ? Html.Of($"{texts["device.to"]} <span class=\"to code\">{code}</span>")
        : consent.IsLoopbackRedirect ? Html.Of($"{texts["consent.to.loopback"]} <span class=\"to\">{consent.RedirectHost}</span>")
        : consent.IsPrivateUseRedirect ? Html.Of($"{texts["consent.to.scheme"]} <span class=\"to\">{consent.RedirectHost}</span>")
        : Html.Of($"<span class=\"to\">{consent.RedirectHost}</span>");

    private static Html Provenance(ConsentModel consent, PageTexts texts) =>
        consent.Provenance switch
        {
            ClientProvenance.Api => consent.Org is { } org ? texts.Of("provenance.api.org", Name(org)) : texts.Of("provenance.api"),
            ClientProvenance.Cimd => texts.Of("provenance.cimd", Html.Of($"<strong>{UriText.DisplayHost(consent.ClientId)}</strong>")),
            _ => consent.FirstSeen is { } since
                ? texts.Of("provenance.dcr.since", Html.Of($"{since.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}"))
                : texts.Of("provenance.dcr"),
        };

    private static Html Warnings(ConsentModel consent, PageTexts texts)
    {
        return Html.Join([
            Warning(consent.ImitatesKnownClient, "consent.imitates"),
            Warning(consent.ClaimsTrust, "consent.claims"),
            Warning(consent.IsDevice, "device.warn"),
            Warning(consent.IsLoopbackRedirect && !consent.IsTrusted, "consent.loopback"),
            Warning(consent.IsPrivateUseRedirect && !consent.IsTrusted, "consent.scheme"),
            consent.IsPrivateUseRedirect ? Html.Of($"<p class=\"soft\">{texts["consent.reopen"]}</p>") : Html.None,
        ]);

        Html Warning(bool applies, string text) => applies ? Html.Of($"<p class=\"warn\">{texts[text]}</p>") : Html.None;
    }

    private static Html Organizations(ConsentModel consent, PageTexts texts)
    {
        return consent.Organizations switch
        {
            [] => Html.None,
            [var only] => Html.Of($"<h2>{texts["consent.organization"]}</h2><p>{Name(only.Name)}</p>"),
            // None is chosen beforehand: the user decides.
            var several => Html.Of(
                $"<fieldset><legend>{texts["consent.organization.choose"]}</legend><ul class=\"scopes\">{several.Select(Choice)}</ul></fieldset>"
            ),
        };

        static Html Choice(Organization o) =>
            Html.Of(
                $"<li><label><input type=\"radio\" name=\"{ConsentForms.OrganizationField}\" value=\"{o.Id}\" required> <span>{Name(o.Name)}</span></label></li>"
            );
    }

    private static Html Scopes(ConsentModel consent, PageTexts texts)
    {
        var given = consent.Scopes.Where(s => s.AlreadyGranted).ToList();
        var asked = consent.Scopes.Where(s => !s.AlreadyGranted).ToList();
        // If all scopes were granted before, show them instead of folding them.
        if (asked.Count == 0)
            (asked, given) = (given, []);
        // An empty value tells that the form had boxes, also when none is ticked.
        var marker = consent.ChooseScopes ? Html.Of($"<input type=\"hidden\" name=\"scope\" value=\"\">") : Html.None;
        return Html.Of(
            $"""
            <h2 id="scopes">{texts[consent.ChooseScopes ? "consent.scopes.choose" : "consent.scopes"]}</h2>{marker}
            <ul class="scopes" aria-labelledby="scopes">{asked.Select(s => Scope(s, consent, texts))}</ul>
            {Folded(given, "consent.scopes.given", s => Scope(s, consent, texts))}
            {Folded(consent.ScopesNotIncluded, "consent.scopes.not", s => Html.Of($"<li>{texts.Scope(s)}</li>"))}
            """
        );

        Html Folded(IReadOnlyCollection<ConsentScope> scopes, string title, Func<ConsentScope, Html> item) =>
            scopes.Count == 0
                ? Html.None
                : Html.Of(
                    $"<details><summary class=\"soft\">{texts[title]}: {scopes.Count.ToString(CultureInfo.InvariantCulture)}</summary><ul class=\"scopes\">{scopes.Select(item)}</ul></details>"
                );
    }

    private static Html Scope(ConsentScope scope, ConsentModel consent, PageTexts texts)
    {
        var words = texts.ScopeInWords(scope);
        // Destructive scopes are not ticked in advance.
        var ticked = scope.Destructive && !scope.AlreadyGranted ? Html.None : Html.Of($" checked");
        return consent.ChooseScopes
            ? Html.Of(
                $"<li><label><input type=\"checkbox\" name=\"scope\" value=\"{scope.Name}\"{ticked}> <span>{words}</span></label></li>"
            )
            : Html.Of($"<li>{words}</li>");
    }

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
        return Html.Of($"<h2>{texts["consent.links"]}</h2><ul>{links}</ul>{foreign}");
    }

    private static string Lifetime(ConsentModel consent, PageTexts texts) =>
        consent.RefreshTokenLifetime is { } lifetime
            ? texts.Plain("consent.until", texts.Duration(lifetime))
            : texts.Plain("consent.once", texts.Duration(consent.AccessTokenLifetime));

    private static Html Switch(ConsentForm form, PageTexts texts) =>
        form.CanSwitchAccount
            ? Html.Of($"<button name=\"decision\" value=\"{AuthorizationContext.SwitchAccount}\">{texts["consent.switch"]}</button>")
            : Html.None;

    public static string? Account(ClaimsPrincipal? user) => user?.Identity?.Name ?? user?.FindFirst(ClaimTypes.NameIdentifier)?.Value;
}
