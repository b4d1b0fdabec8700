namespace HQ.OAuth2;

internal static class ClientOptionTable
{
    public static readonly OptionTable<ClientOptions> Rows = new OptionTable<ClientOptions>(o => o.ClientId)
        .Text(
            "clientId",
            o => o.ClientId,
            (o, v) => o.ClientId = v,
            OptionRules.Text(
                ClientMetadata.IsClientId,
                "must be 1 to 200 characters of A-Z a-z 0-9 - . _ ~ :",
                "1 to 200 characters of `A-Z a-z 0-9 - . _ ~ :`"
            )
        )
        .Text("clientName", o => o.ClientName, (o, v) => o.ClientName = v)
        .Text("org", o => o.Org, (o, v) => o.Org = v)
        .Text(
            "secretHash",
            o => o.SecretHash,
            (o, v) => o.SecretHash = v,
            OptionRules.Text(
                ClientSecrets.IsUsableHash,
                $"is no bcrypt hash with a work factor from {ClientSecrets.MinWorkFactor} to {ClientSecrets.MaxWorkFactor}"
            ),
            secret: true
        )
        .Text(
            "secret",
            o => o.Secret,
            (o, v) => o.Secret = v,
            OptionRules.Text(
                ClientSecrets.Fits,
                "must be 1 to 72 bytes of UTF-8, since bcrypt reads no more",
                "1 to 72 bytes of UTF-8, since bcrypt reads no more"
            ),
            secret: true
        )
        .Text("tokenEndpointAuthMethod", o => o.TokenEndpointAuthMethod, (o, v) => o.TokenEndpointAuthMethod = v)
        .Text("jwks", o => o.Jwks, (o, v) => o.Jwks = v, secret: true)
        .Text("jwksUri", o => o.JwksUri, (o, v) => o.JwksUri = v)
        .Text("tokenEndpointAuthSigningAlg", o => o.TokenEndpointAuthSigningAlg, (o, v) => o.TokenEndpointAuthSigningAlg = v)
        .Texts("redirectUris", o => o.RedirectUris)
        .Texts("grantTypes", o => o.GrantTypes)
        .Texts("scopes", o => o.Scopes)
        .Texts("introspects", o => o.Introspects)
        .Bool("trusted", o => o.Trusted, (o, v) => o.Trusted = v)
        .Bool(
            "requirePkce",
            o => o.RequirePkce,
            (o, v) => o.RequirePkce = v,
            OptionRules.Being<bool?>(
                false,
                "it may leave PKCE out, and then a stolen code can be injected into another session of it (RFC 9700 §2.1.1)"
            )
        )
        .Bool(
            "requirePushedAuthorizationRequests",
            o => o.RequirePushedAuthorizationRequests,
            (o, v) => o.RequirePushedAuthorizationRequests = v
        )
        .Bool("dpopBoundAccessTokens", o => o.DpopBoundAccessTokens, (o, v) => o.DpopBoundAccessTokens = v);
}
