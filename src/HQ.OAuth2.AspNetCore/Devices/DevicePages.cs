using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>The pages around the consent to a device: where its code is entered, and what became of it.</summary>
internal static class DevicePages
{
    /// <summary>The field, and the parameter of the complete address (RFC 8628 §3.3.1), that carries the code.</summary>
    public const string CodeField = "user_code";

    /// <summary>The page where a user enters the code; with the error of the code that was entered before.</summary>
    public static Reply Enter(ClaimsPrincipal user, OAuthError? error) =>
        Reply.Of(
            http =>
            {
                var texts = Layout.Texts(http);
                var status = error?.Status ?? StatusCodes.Status200OK;
                OAuthHttp.SayWhenToRetry(http, status);
                var wrong = error is null
                    ? Html.None
                    : Html.Of($"<p class=\"warn\" id=\"wrong\" role=\"alert\">{texts["error." + error.Id]}</p>");
                var invalid = error is null ? Html.None : Html.Of($" aria-invalid=\"true\" aria-describedby=\"wrong\"");
                return WriteAsync(
                    http,
                    texts["device.title"],
                    Html.Of(
                        $"""
                        <div class="account"><p>{texts.Of("account", Html.Of($"<bdi>{ConsentPage.Account(user)}</bdi>"))}</p></div>
                        <h1>{texts["device.title"]}</h1>
                        {wrong}
                        <form method="get" action="{OAuthHttp.Settings(http).Issuer.DevicePath}">
                        <label for="code">{texts["device.label"]}</label>
                        <input type="text" id="code" name="{CodeField}" class="code" required maxlength="32" autocomplete="off" autocapitalize="characters" spellcheck="false"{invalid}>
                        <p class="soft">{texts["device.hint"]}</p>
                        <div class="answer"><button class="main">{texts["device.continue"]}</button></div>
                        </form>
                        """
                    ),
                    status
                );
            },
            error
        );

    /// <summary>The user allowed it.</summary>
    public static Reply Allowed(Client client) => Said("device.allowed", client, error: null);

    /// <summary>The user refused.</summary>
    public static Reply Denied(Client client) => Said("device.denied", client, OAuthError.AccessDenied);

    private static Reply Said(string what, Client client, OAuthError? error) =>
        Reply.Of(
            http =>
            {
                var texts = Layout.Texts(http);
                var name = Html.Of($"<bdi>{DisplayName.Of(client)}</bdi>");
                return WriteAsync(
                    http,
                    texts[what],
                    Html.Of($"<h1>{texts[what]}</h1><p>{texts.Of(what + ".then", name)}</p>"),
                    StatusCodes.Status200OK
                );
            },
            error
        ) with
        {
            ClientId = client.ClientId,
        };

    private static Task WriteAsync(HttpContext http, string title, Html body, int status)
    {
        PageHeaders.Set(http);
        return Layout.Page(http, title, body, status).ExecuteAsync(http);
    }
}
