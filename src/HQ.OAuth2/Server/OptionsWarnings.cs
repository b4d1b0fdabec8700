namespace HQ.OAuth2;

/// <summary>
/// Settings that are allowed but weaken the server: at each start the log names them with value and consequence (RFC 9700). Secret values are
/// not repeated. The warnings about a single key are in the rows of <see cref="ServerOptionTable"/>.
/// </summary>
internal static class OptionsWarnings
{
    public static IEnumerable<OptionsWarning> Of(HqOAuth2Options options) =>
        [.. ServerOptionTable.Rows.Warnings(options, ""), .. Protection(options), .. Registration(options)];

    private static IEnumerable<OptionsWarning> Protection(HqOAuth2Options options)
    {
        if (options.AllowPlainHttpBehindProxy && UriText.IsHttps(options.IssuerURL!))
            yield return new(
                "allowPlainHttpBehindProxy",
                true,
                "codes, secrets and tokens are accepted over plain http from every machine that reaches this port; UseForwardedHeaders with the proxy's address is safer (RFC 9700 §2.6)"
            );
        if (options.Scopes.Count == 0)
            yield return new("scopes", "(none)", "no client can get a token: add at least one scope");
        if (options.Documents.RememberConsent && options.ClientIdMetadataDocuments)
            yield return new(
                "documents:rememberConsent",
                true,
                "users are not asked again for an app that nobody here registered, while its document stays the same"
            );
    }

    private static IEnumerable<OptionsWarning> Registration(HqOAuth2Options options)
    {
        var limits = options.Limits;
        if (options.Dcr && limits.RegistrationsPerMinute == 0 && options.InitialAccessTokens.Count == 0)
            yield return new("limits:registrationsPerMinute", 0, "anybody can fill the client store as fast as this server answers");
        if (options.Dcr && limits.SelfRegisteredClients == 0 && options.InitialAccessTokens.Count == 0)
            yield return new("limits:selfRegisteredClients", 0, "the client store grows as long as somebody registers clients");
        if (options.ClientIdMetadataDocuments && limits.DocumentFetchesPerMinute == 0)
            yield return new(
                "limits:documentFetchesPerMinute",
                0,
                "users can make this server send any number of requests to a host they name"
            );
    }
}
