using System.Security.Cryptography;

namespace HQ.OAuth2.Benchmarks;

/// <summary>An authorization of a public client, and the requests that its client sends.</summary>
internal static class Example
{
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    public const string RedirectUri = "https://app.example.com/cb";

    public static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);
    public static readonly TokenLifetimes Lifetimes = TokenLifetimes.Of(Client(), Options());

    public static HqOAuth2Options Options()
    {
        var options = new HqOAuth2Options { Enabled = true, IssuerURL = "https://auth.example.com" };
        options.Scopes.Add(new() { Name = "read", Default = true });
        options.Scopes.Add(new() { Name = "write" });
        return options;
    }

    public static Client Client(params IReadOnlyList<ClientSecret> secrets) =>
        new()
        {
            ClientId = "app",
            Type = ClientType.Public,
            TokenEndpointAuthMethod = "none",
            RedirectUris = [RedirectUri],
            Secrets = secrets,
        };

    public static (OAuthAuthorization Row, CodeRedemption Request) Issued()
    {
        var code = AuthorizationCode.New(Guid.CreateVersion7(Now).ToString("N"));
        var row = new OAuthAuthorization
        {
            Id = code.Id,
            Subject = "alice",
            ClientId = "app",
            ClientCreatedAt = Client().CreatedAt,
            IssuedAt = Now,
            Scope = ScopeSet.Of("read", "write"),
            Resources = ["https://auth.example.com"],
            WriteId = OAuthAuthorization.NewWriteId(),
            Code = new()
            {
                Hash = SHA256.HashData(code.Secret),
                Challenge = Pkce.Challenge(Verifier),
                RedirectUri = RedirectUri,
                RedirectUriWasSent = true,
                ExpiresAt = Now + TimeSpan.FromMinutes(1),
            },
        };
        var request = new CodeRedemption
        {
            Code = code,
            Client = Client(),
            RedirectUri = RedirectUri,
            Verifier = Verifier,
            Resources = [],
            Now = Now,
        };
        return (row, request);
    }

    public static (OAuthAuthorization Row, RefreshRequest Request) Redeemed(ResourcePolicy resources)
    {
        var (row, redemption) = Issued();
        var token = RefreshToken.New(row.Id);
        var swap = (AuthorizationStep.Swap)row.Redeem(redemption, token, resources, Lifetimes);
        var request = new RefreshRequest
        {
            Token = token,
            Client = Client(),
            Scope = ScopeSet.Empty,
            Resources = [],
            Now = Now,
        };
        return (swap.Next, request);
    }
}
