namespace HQ.OAuth2.Load.Ours;

/// <summary>The options of the server: the common clients and lifetimes, and nothing that refuses a client for asking often.</summary>
internal static class Settings
{
    // bcrypt at the default cost, of the common secret.
    private const string SecretHash = "$2a$10$Ih.QrW.HKuDg7wWyePP0/eiu5x9CrPg2LXgEcWL5FilU41Zg3m4U6";

    public static void Fill(this HqOAuth2Options options, string issuer)
    {
        options.Enabled = true;
        options.IssuerURL = issuer;
        options.Doctor = false;
        options.Dcr = true;
        options.DefaultOrg = "default";
        options.AuthorizationCodeLifetime = Setup.CodeLifetime;
        options.AccessTokenLifetime = Setup.AccessTokenLifetime;
        options.PublicRefreshTokenLifetime = Setup.RefreshTokenLifetime;
        options.RefreshTokenLifetime = Setup.RefreshTokenLifetime;
        // A chain is refreshed here at once, again and again. With a leeway its list of spent turns would be full, and a refresh no rotation.
        options.RefreshTokenLeeway = TimeSpan.Zero;
        options.Scopes.Add(new() { Name = Setup.Scope });

        options.Limits.RegistrationsPerMinute = 0;
        options.Limits.SelfRegisteredClients = 0;
        options.Limits.FailedAuthenticationsPerMinute = 0;
        options.Limits.BcryptConcurrency = 0;

        var app = new ClientOptions { ClientId = Setup.PublicClient };
        app.RedirectUris.Add(Setup.RedirectUri);
        options.Clients.Add(app);

        var web = new ClientOptions { ClientId = Setup.ConfidentialClient, SecretHash = SecretHash };
        web.RedirectUris.Add(Setup.RedirectUri);
        web.GrantTypes.Add(OAuthGrantTypes.AuthorizationCode);
        web.GrantTypes.Add(OAuthGrantTypes.RefreshToken);
        web.GrantTypes.Add(OAuthGrantTypes.ClientCredentials);
        web.Introspects.Add("*");
        options.Clients.Add(web);
    }
}
