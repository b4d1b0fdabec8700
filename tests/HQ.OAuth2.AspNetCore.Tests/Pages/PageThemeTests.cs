namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>A host's name, logo, colours and CSS on our pages, and the policy that lets in just these.</summary>
internal sealed class PageThemeTests
{
    [Test]
    public async Task The_pages_bear_the_hosts_name_logo_and_style_and_let_in_nothing_else()
    {
        await using var app = await TestApp.StartAsync(o =>
        {
            o.Pages.ServiceName = "Lenses <HQ>";
            o.Pages.Logo = "/brand/logo.svg?v=1&w=2";
            o.Pages.Stylesheet = "https://cdn.example.com:8443/brand.css";
        });
        foreach (var url in new[] { TestApp.AuthorizeUrl("web"), TestApp.AuthorizeUrl("nobody") })
        {
            var page = await app.NewUser().GetAsync(url);
            page.Body.Should().Contain("<img src=\"/brand/logo.svg?v=1&amp;w=2\" alt=\"\" height=\"32\">");
            page.Body.Should().Contain("<link rel=\"icon\" href=\"/brand/logo.svg?v=1&amp;w=2\">").And.NotContain("data:");
            page.Body.Should().Contain(" - Lenses &lt;HQ&gt;</title>");
            page.Body.Should().Contain("<link rel=\"stylesheet\" href=\"https://cdn.example.com:8443/brand.css\">");
            var style = page.Body.Split("<style>")[1].Split("</style>")[0];
            var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(style));
            page.Header("Content-Security-Policy")
                .Should()
                .Be(
                    "default-src 'none'; script-src 'none'; "
                        + $"style-src 'sha256-{Convert.ToBase64String(hash)}' https://cdn.example.com:8443; "
                        + "img-src 'self' https://cdn.example.com:8443; font-src https://cdn.example.com:8443; "
                        + "base-uri 'none'; frame-ancestors 'none'"
                );
        }
    }

    [TestCase("#ffffff", "#000")]
    [TestCase("#000000", "#fff")]
    [TestCase("#1F5FBF", "#fff")]
    [TestCase("#ffcc00", "#000")]
    [TestCase("#757575", "#fff")]
    [TestCase("#767676", "#000")]
    public void The_text_on_a_colour_can_be_read(string color, string text)
    {
        var theme = Theme(o => (o.Color, o.DarkColor) = (color, "#112233"));
        theme.Style.Should().StartWith($":root{{--main:{color};--onmain:{text}}}");
        theme.Style.Should().Contain("(prefers-color-scheme:dark){:root{--main:#112233;--onmain:#fff}}");
        Theme(o => o.Color = color).Style.Should().Contain($"(prefers-color-scheme:dark){{:root{{--main:{color};");
    }

    [Test]
    public void Without_a_theme_nothing_is_let_in()
    {
        var theme = Theme(_ => { });
        theme.ServiceName.Should().Be("auth.example.com:8443");
        theme.ContentSecurityPolicy.Should().Contain("img-src data:;").And.NotContainAny("font-src", "'self'", "http");
        theme
            .Icon.ToString()
            .Should()
            .StartWith("<link rel=\"icon\" href=\"data:image/svg&#x2B;xml,%3Csvg")
            .And.Contain("%3EA%3C%2Ftext%3E");
        theme.Tile.ToString().Should().Be("<span class=\"tile own\" aria-hidden=\"true\">A</span>");
        theme.HomeUrl.Should().BeNull();
        (theme.Logo.ToString(), theme.Stylesheet.ToString()).Should().Be(("", ""));
    }

    private static PageTheme Theme(Action<PageOptions> configure)
    {
        var options = new HqOAuth2Options { Enabled = true, IssuerURL = "https://auth.example.com:8443/tenant" };
        configure(options.Pages);
        return new(new ServerSettings(options));
    }
}
