using System.Text;
using System.Text.Encodings.Web;
using HQ.OAuth2;

namespace Extensions;

/// <summary>A consent page in as few words as it may have: everything of docs/consent-and-pages.md that users must see.</summary>
internal static class ConsentPage
{
    public static IResult Of(ConsentForm form)
    {
        var (asked, encode) = (form.Consent, HtmlEncoder.Default);
        var page = new StringBuilder(
            "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Allow an app</title></head><body>"
        );
        page.Append($"<h1>Let <bdi>{encode.Encode(asked.ClientName)}</bdi> in?</h1>");
        if (asked.IsSelfRegistered)
            page.Append("<p><strong>It registered itself: nobody has checked its name.</strong></p>");
        if (asked.IsLoopbackRedirect || asked.IsPrivateUseRedirect)
            page.Append("<p>Allow it only if you have started it on this device.</p>");
        page.Append($"<p>Your answer goes to <strong>{encode.Encode(asked.RedirectHost)}</strong>.</p><ul>");
        foreach (var scope in asked.Scopes)
            page.Append($"<li>{encode.Encode(scope.Description ?? scope.Name)}{(scope.Destructive ? " (can destroy data)" : "")}</li>");
        page.Append($"</ul><p>For {encode.Encode(string.Join(", ", asked.Resources.Select(r => r.Name ?? r.Identifier)))}.</p>");
        page.Append($"<p>You are {encode.Encode(form.User!.Identity!.Name ?? "")}.</p>");
        page.Append($"<form method=\"post\" action=\"{encode.Encode(form.ReturnPath)}\">");
        foreach (var (name, value) in form.FormFields)
            page.Append($"<input type=\"hidden\" name=\"{encode.Encode(name)}\" value=\"{encode.Encode(value)}\">");
        page.Append(
            "<button name=\"decision\" value=\"deny\">Deny</button> <button name=\"decision\" value=\"approve\">Allow</button></form>"
        );
        return Results.Content(page.Append("</body></html>").ToString(), "text/html; charset=utf-8");
    }
}
