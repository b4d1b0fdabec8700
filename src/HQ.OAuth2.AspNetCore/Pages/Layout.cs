using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>The common parts of our pages: the host's name and style, one heading, no script.</summary>
internal static class Layout
{
    /// <summary>A page with the host's name on top, and the way back to the host at the end.</summary>
    public static IResult Page(HttpContext http, string title, Html body, int status = StatusCodes.Status200OK, bool wide = false)
    {
        var (theme, texts) = (Theme(http), Texts(http));
        var home = theme.HomeUrl is { } url
            ? Html.Of($"<footer><a href=\"{url}\">{texts.Plain("home", theme.ServiceName)}</a></footer>")
            : Html.None;
        var top = Html.Of($"<header class=\"brand\">{theme.Brand}<span>{theme.ServiceName}</span></header>");
        return Write(http, title, Html.Of($"{top}<main>{body}</main>{home}"), status, wide ? Html.Of($" class=\"wide\"") : Html.None);
    }

    /// <summary>A page whose content names the service itself, and which leads nowhere but to its answers.</summary>
    public static IResult Question(HttpContext http, string title, Html body) =>
        Write(http, title, Html.Of($"<main>{body}</main>"), StatusCodes.Status200OK, Html.Of($" class=\"asks\""));

    public static PageTexts Texts(HttpContext http) => http.RequestServices.GetRequiredService<PageTexts>();

    public static PageTheme Theme(HttpContext http) => http.RequestServices.GetRequiredService<PageTheme>();

    private static IResult Write(HttpContext http, string title, Html body, int status, Html kind)
    {
        var (theme, texts) = (Theme(http), Texts(http));
        var head = Html.Of(
            $"<!DOCTYPE html>\n<html lang=\"{texts["lang"]}\" dir=\"{texts["dir"]}\"{kind}><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title} - {theme.ServiceName}</title>{theme.Icon}"
        );
        return Results.Text(
            $"{head}<style>{theme.Style}</style>{theme.Stylesheet}</head><body>{body}</body></html>\n",
            "text/html; charset=utf-8",
            statusCode: status
        );
    }
}
