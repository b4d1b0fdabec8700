using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>The common parts of our pages: the host's name and style, one heading, no script.</summary>
internal static class Layout
{
    public static IResult Page(HttpContext http, string title, Html body, int status = StatusCodes.Status200OK, bool wide = false)
    {
        var (theme, texts) = (http.RequestServices.GetRequiredService<PageTheme>(), Texts(http));
        var head = Html.Of(
            $"<!DOCTYPE html>\n<html lang=\"{texts["lang"]}\" dir=\"{texts["dir"]}\"{(wide ? Html.Of($" class=\"wide\"") : Html.None)}><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title} - {theme.ServiceName}</title>"
        );
        return Results.Text(
            $"{head}<style>{theme.Style}</style>{theme.Stylesheet}"
                + Html.Of(
                    $"</head><body><header class=\"brand\">{theme.Logo}<span>{theme.ServiceName}</span></header><main>{body}</main></body></html>\n"
                ),
            "text/html; charset=utf-8",
            statusCode: status
        );
    }

    public static PageTexts Texts(HttpContext http) => http.RequestServices.GetRequiredService<PageTexts>();
}
