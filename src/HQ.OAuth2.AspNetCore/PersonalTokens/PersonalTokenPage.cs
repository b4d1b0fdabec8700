using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>The pages of a new personal access token: what it may do, and the token itself, which is shown once.</summary>
internal static class PersonalTokenPage
{
    /// <summary>The page that asks what the token may do.</summary>
    public static Reply Ask(PersonalTokenForm form, ClaimsPrincipal user) =>
        Reply.Of(
            http =>
            {
                var (texts, status) = (Layout.Texts(http), form.Error?.Status ?? StatusCodes.Status200OK);
                OAuthHttp.SayWhenToRetry(http, status);
                return WriteAsync(http, texts["token.title"], Form(http, form, user, texts), status);
            },
            form.Error
        );

    /// <summary>The page that shows the token.</summary>
    public static Reply Made(NewPersonalToken made, ClaimsPrincipal user) =>
        Reply.Of(http =>
        {
            var (texts, app) = (Layout.Texts(http), made.App);
            return WriteAsync(
                http,
                texts["token.made"],
                Html.Of(
                    $"""
                    {Account(user, texts)}
                    <h1>{texts["token.made"]}</h1>
                    <p id="once" class="note warn">{Icons.Alarm}<span>{texts["token.once"]}</span></p>
                    <label for="token">{texts.Of("token.value", Html.Of($"<bdi>{app.DisplayName}</bdi>"))}</label>
                    <input type="text" id="token" class="code" readonly value="{made.Token.ToWire()}" aria-describedby="once" autocomplete="off" spellcheck="false">
                    <ul class="scopes">{app.Scopes.Select(texts.ScopeItem)}</ul>
                    <p class="soft">{texts.Of("token.expires", texts.Moment(app.ExpiresAt!.Value))}</p>
                    <p><a class="button main" href="{OAuthHttp.Settings(http).Issuer.ConnectedAppsPath}">{texts["token.list"]}</a></p>
                    """
                ),
                StatusCodes.Status201Created
            );
        });

    private static Html Form(HttpContext http, PersonalTokenForm form, ClaimsPrincipal user, PageTexts texts)
    {
        var issuer = OAuthHttp.Settings(http).Issuer;
        return Html.Of(
            $"""
            <p class="soft"><a href="{issuer.ConnectedAppsPath}">{texts["apps.back"]}</a></p>
            {Account(user, texts)}
            <h1>{texts["token.title"]}</h1>
            <p>{texts["token.what"]}</p>
            {Problem(form, texts)}
            <form method="post" action="{issuer.PersonalTokenPath}">
            {form.Fields.Select(f => Hidden(f.Key, f.Value))}
            <label for="name">{texts["token.name"]}</label>
            <input type="text" id="name" name="name" required maxlength="64" autocomplete="off" value="{form.Entered["name"]}"{Wrong(form, "name")}>
            <fieldset{Wrong(form, "scope")}><legend>{texts["token.may"]}</legend><ul class="scopes">{form.Scopes.Select(s =>
                ConsentPage.ScopeBox(s, texts, ticked: form.IsChosen("scope", s.Name))
            )}</ul></fieldset>
            {Resources(form, texts)}{Organizations(form, texts)}
            <p><label for="days">{texts["token.days"]}</label> <select id="days" name="days"{Wrong(form, "expires_at")}>{form.Lifetimes.Select(d => Lifetime(d, form, texts))}</select></p>
            <div class="row"><p class="soft">{texts["token.hint"]}</p><button class="main">{texts["token.make"]}</button></div>
            </form>
            """
        );
    }

    private static Html Account(ClaimsPrincipal user, PageTexts texts) =>
        Html.Of($"<div class=\"account\"><p>{texts.Of("account", Html.Of($"<bdi>{ConsentPage.Account(user)}</bdi>"))}</p></div>");

    private static Html Problem(PersonalTokenForm form, PageTexts texts) =>
        form.Error is not { } error
            ? Html.None
            : Html.Of(
                $"<p class=\"warn\" id=\"wrong\" role=\"alert\">{texts[error.Field is { } field ? "token.wrong." + field : "token.wrong." + error.Id]}</p>"
            );

    private static Html Wrong(PersonalTokenForm form, string field) =>
        form.Error?.Field == field ? Html.Of($" aria-describedby=\"wrong\"") : Html.None;

    private static Html Resources(PersonalTokenForm form, PageTexts texts) =>
        form.Resources.Count < 2
            ? Html.None
            : Html.Of(
                $"<fieldset{Wrong(form, "resource")}><legend>{texts["token.resources"]}</legend><ul class=\"scopes\">{form.Resources.Select(r => Html.Of($"<li><label><input type=\"checkbox\" name=\"resource\" value=\"{r.Identifier}\"{Checked(form.IsFor(r.Identifier))}> <span>{r.Name ?? r.Place}</span></label></li>"))}</ul></fieldset>"
            );

    private static Html Organizations(PersonalTokenForm form, PageTexts texts) =>
        form.Organizations switch
        {
            [] => Html.None,
            [var only] => Html.Of(
                $"{Hidden(ConsentForms.OrganizationField, only.Id)}<p>{texts["consent.organization"]}: <bdi>{only.Name}</bdi></p>"
            ),
            var several => Html.Of(
                $"<fieldset><legend>{texts["consent.organization.choose"]}</legend><ul class=\"scopes\">{several.Select(o => ConsentPage.OrganizationChoice(o, form.IsChosen(ConsentForms.OrganizationField, o.Id)))}</ul></fieldset>"
            ),
        };

    private static Html Lifetime(int days, PersonalTokenForm form, PageTexts texts)
    {
        var text = days.ToString(CultureInfo.InvariantCulture);
        var isChosen = form.Entered["days"] is { } entered ? entered == text : days == 30;
        return Html.Of(
            $"<option value=\"{text}\"{(isChosen ? Html.Of($" selected") : Html.None)}>{(days == 1 ? texts["token.day"] : texts.Plain("time.days", text))}</option>"
        );
    }

    private static Html Checked(bool isChosen) => isChosen ? Html.Of($" checked") : Html.None;

    private static Html Hidden(string name, string value) => Html.Of($"<input type=\"hidden\" name=\"{name}\" value=\"{value}\">");

    private static Task WriteAsync(HttpContext http, string title, Html body, int status)
    {
        PageHeaders.Set(http);
        return Layout.Page(http, title, body, status).ExecuteAsync(http);
    }
}
