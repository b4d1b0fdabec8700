namespace HQ.OAuth2.Soak;

/// <summary>The clients that the host registers by hand.</summary>
internal static class SoakClients
{
    public const string Machine = "demo-web";
    public const string Secret = "demo-web-secret";

    private static readonly string[] redirects = ["http://127.0.0.1:7777/callback", "https://app.example.com/cb"];

    public static void Add(HqOAuth2Options options, string? jwks)
    {
        options.Scopes.Add(new() { Name = "read", Default = true });
        options.Scopes.Add(new() { Name = "write" });
        var web = new ClientOptions { ClientId = Machine, Secret = Secret };
        AddAll(web.GrantTypes, OAuthGrantTypes.AuthorizationCode, OAuthGrantTypes.RefreshToken, OAuthGrantTypes.ClientCredentials);
        AddAll(web.RedirectUris, redirects);
        web.Introspects.Add("*");
        var tv = new ClientOptions { ClientId = "tv", TokenEndpointAuthMethod = OAuthClientAuthenticationMethods.None };
        AddAll(tv.GrantTypes, OAuthGrantTypes.DeviceCode, OAuthGrantTypes.RefreshToken);
        var signer = new ClientOptions { ClientId = "signer", Jwks = jwks };
        AddAll(signer.GrantTypes, OAuthGrantTypes.ClientCredentials);
        AddAll(options.Clients, web, tv, signer);
    }

    private static void AddAll<T>(ICollection<T> to, params ReadOnlySpan<T> all)
    {
        foreach (var one in all)
            to.Add(one);
    }
}
