using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace HQ.OAuth2;

/// <summary>
/// The look of our pages: our style with the host's colours, its logo and name, and a content security policy that allows only these.
/// </summary>
internal sealed class PageTheme
{
    private const string DefaultColor = "#1f5fbf";

    public PageTheme(ServerSettings settings)
    {
        var pages = settings.Options.Pages;
        var color = pages.Color ?? DefaultColor;
        ServiceName = settings.ServiceName;
        Style = Colors(color, pages.DarkColor ?? color) + PageStyle.Css;
        Stylesheet = pages.Stylesheet is { } file ? Html.Of($"<link rel=\"stylesheet\" href=\"{file}\">") : Html.None;
        // The name is shown beside the logo.
        Logo = pages.Logo is { } logo ? Html.Of($"<img src=\"{logo}\" alt=\"\" height=\"32\">") : Html.None;
        var tile = Html.Of($"<span class=\"tile own\" aria-hidden=\"true\">{Monogram.Letter(ServiceName)}</span>");
        Tile = pages.Logo is null ? tile : Html.Of($"<span class=\"tile logo\">{Logo}</span>");
        Brand = pages.Logo is null ? tile : Logo;
        Icon = Html.Of($"<link rel=\"icon\" href=\"{pages.Logo ?? Drawn(color)}\">");
        HomeUrl = pages.HomeUrl;
        ContentSecurityPolicy = Policy(pages);
    }

    /// <summary>The name of the service for users.</summary>
    public string ServiceName { get; }

    /// <summary>The style that each page contains.</summary>
    public string Style { get; }

    public Html Stylesheet { get; }

    public Html Logo { get; }

    /// <summary>The service beside an app: its logo, else a tile with the first letter of its name.</summary>
    public Html Tile { get; }

    /// <summary>The same before the name of the service, on top of a page.</summary>
    public Html Brand { get; }

    /// <summary>The link to the icon of the page: the logo, else the tile as a picture in the page, so that a browser asks for none.</summary>
    public Html Icon { get; }

    /// <summary>Where a user gets back to the host; null = the host did not say.</summary>
    public string? HomeUrl { get; }

    /// <summary>
    /// No script, no frame (RFC 9700 §4.16), and no content from other origins except those that the host configured. form-action is left out on
    /// purpose: browsers apply it to the redirects after a form too, and a client's own redirect URI may redirect to any site.
    /// </summary>
    public string ContentSecurityPolicy { get; }

    private string Policy(PageOptions pages)
    {
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)));
        var style = pages.Stylesheet is { } file ? " " + Origin(file) : "";
        // Images and fonts of a stylesheet come from the origin of the stylesheet.
        // Without a logo the icon is in the page itself.
        string[] images =
        [
            .. new[] { pages.Logo, pages.Stylesheet }.OfType<string>().Select(Origin).Distinct(),
            .. pages.Logo is null ? ["data:"] : Array.Empty<string>(),
        ];
        return $"default-src 'none'; script-src 'none'; style-src 'sha256-{hash}'{style}; "
            + $"img-src {string.Join(' ', images)}; "
            + (style.Length > 0 ? $"font-src{style}; " : "")
            + "base-uri 'none'; frame-ancestors 'none'";
    }

    private string Drawn(string color) =>
        "data:image/svg+xml,"
        + Uri.EscapeDataString(
            Html.Of(
                    $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='7' fill='{color}'/><text x='16' y='23' font-family='sans-serif' font-size='20' text-anchor='middle' fill='{TextOn(color)}'>{Monogram.Letter(ServiceName)}</text></svg>"
                )
                .ToString()
        );

    private static string Origin(string place) => place.StartsWith('/') ? "'self'" : "https://" + UriText.DisplayHost(place);

    private static string Colors(string color, string darkColor) =>
        $":root{{--main:{color};--onmain:{TextOn(color)}}}@media(prefers-color-scheme:dark){{:root{{--main:{darkColor};--onmain:{TextOn(darkColor)}}}}}\n";

    // WCAG 2.2, relative luminance: below 0.179 white has the higher contrast, and the higher one is 4.58 at least.
    private static string TextOn(string color)
    {
        var luminance = (0.2126 * Linear(color[1..3])) + (0.7152 * Linear(color[3..5])) + (0.0722 * Linear(color[5..7]));
        return luminance < 0.179 ? "#fff" : "#000";
    }

    private static double Linear(string hex)
    {
        var c = int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
        return c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4);
    }
}
