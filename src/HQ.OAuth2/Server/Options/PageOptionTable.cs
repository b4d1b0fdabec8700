namespace HQ.OAuth2;

internal static class PageOptionTable
{
    private static readonly OptionRule<string?> color = OptionRules.Text(
        text => text.Length == 7 && text[0] == '#' && text.Skip(1).All(char.IsAsciiHexDigit),
        "is no colour: write it as #rrggbb, for instance #1f5fbf"
    );

    private static readonly OptionRule<string?> file = OptionRules.Text(
        text => IsLocalPath(text) || UriText.IsPlainHttpsUrl(text),
        "is neither a path of this host, like /brand/logo.svg, nor an https URL"
    );

    private static readonly OptionRule<string?> home = OptionRules.Text(
        text => IsLocalPath(text) || UriText.IsPlainHttpsUrl(text),
        "is neither a path of this host, like /, nor an https URL"
    );

    private static readonly OptionRule<string?> path = OptionRules.Text(
        text => IsLocalPath(text) && !text.Contains('?', StringComparison.Ordinal),
        "is no path of this host: write it like /consent, without a query"
    );

    public static readonly OptionTable<PageOptions> Rows = new OptionTable<PageOptions>()
        .Text("serviceName", o => o.ServiceName, (o, v) => o.ServiceName = v)
        .Text("logo", o => o.Logo, (o, v) => o.Logo = v, file)
        .Text("color", o => o.Color, (o, v) => o.Color = v, color)
        .Text("darkColor", o => o.DarkColor, (o, v) => o.DarkColor = v, color)
        .Text("stylesheet", o => o.Stylesheet, (o, v) => o.Stylesheet = v, file)
        .Text("homeUrl", o => o.HomeUrl, (o, v) => o.HomeUrl = v, home)
        .Bool("chooseScopes", o => o.ChooseScopes, (o, v) => o.ChooseScopes = v)
        .Text("consentPath", o => o.ConsentPath, (o, v) => o.ConsentPath = v, path);

    // A browser reads "//host" and "/\host" as another host.
    private static bool IsLocalPath(string text) =>
        UriText.IsPlain(text)
        && text.StartsWith('/')
        && !text.StartsWith("//", StringComparison.Ordinal)
        && !text.Contains('#', StringComparison.Ordinal);
}
