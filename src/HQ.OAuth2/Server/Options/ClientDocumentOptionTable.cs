namespace HQ.OAuth2;

internal static class ClientDocumentOptionTable
{
    private static readonly OptionRule<string> host = new(text =>
        ClientDocumentUrl.IsHostPattern(text) ? null : "is no host name: write app.example.com, or *.example.com for all below"
    );

    public static readonly OptionTable<ClientDocumentOptions> Rows = new OptionTable<ClientDocumentOptions>()
        .Texts("allowedHosts", o => o.AllowedHosts, host)
        .Texts("deniedHosts", o => o.DeniedHosts, host)
        .Bool("sameOrigin", o => o.SameOrigin, (o, v) => o.SameOrigin = v)
        .Bool("rememberConsent", o => o.RememberConsent, (o, v) => o.RememberConsent = v)
        .Bool("allowLoopback", o => o.AllowLoopback, (o, v) => o.AllowLoopback = v);
}
