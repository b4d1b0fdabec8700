namespace QuickStart;

/// <summary>Where a sample is: <c>--urls</c> alone moves the issuer too.</summary>
internal static class Address
{
    private const string Server = "auth:oauth2:authorizationServer:";

    /// <summary>Sets the issuer, and the resource below it, where the configuration does not; returns the issuer.</summary>
    /// <param name="configuration">The host's, with <c>urls</c>.</param>
    /// <param name="resourcePath">Where the API is that tokens are for; null = the issuer itself is the resource.</param>
    public static string FollowUrls(this ConfigurationManager configuration, string? resourcePath = null)
    {
        var issuer = configuration[Server + "issuerURL"] ??= Reachable(configuration["urls"]!);
        if (resourcePath is not null)
            configuration[Server + "defaultResource"] ??= issuer + resourcePath;
        return issuer;
    }

    // The first of several; a server that listens everywhere is reached at localhost.
    private static string Reachable(string urls)
    {
        var url = urls.Split(';')[0].TrimEnd('/');
        foreach (var everywhere in new[] { "://*", "://+", "://0.0.0.0", "://[::]" })
            url = url.Replace(everywhere, "://localhost", StringComparison.Ordinal);
        return url;
    }
}
