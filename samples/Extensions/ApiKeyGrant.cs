using System.Security.Cryptography;
using System.Text;
using HQ.OAuth2;

namespace Extensions;

/// <summary>A grant type for scripts: an API key that a user made in the account settings, for a short access token.</summary>
internal sealed class ApiKeyGrant(ApiKeys keys, TokenIssuer tokens) : IGrantType
{
    public const string Name = "urn:example:params:oauth:grant-type:api-key";

    public string GrantType => Name;

    public async ValueTask<Outcome<TokenResponse>> ExchangeAsync(TokenRequest request, CancellationToken ct)
    {
        // The client is authenticated and may use this grant. The key is required.
        if (request.Parameters["api_key"] is not { } text)
            return OAuthError.MissingParameter("api_key");
        // These tokens are for this server's own API only.
        if (request.Parameters.All("resource").Count > 0)
            return OAuthError.InvalidTarget;
        if (await keys.FindAsync(text, ct) is not { } key)
            return OAuthError.Extension("invalid_grant", "The API key is unknown or was withdrawn.");

        // No more than the key, the client and the request allow, and not nothing.
        var scope = key.Scope.Intersect(request.Client.Scope ?? key.Scope);
        if (request.Parameters["scope"] is { } asked)
        {
            if (ScopeSet.Parse(asked).Failed(out var malformed, out var wanted))
                return malformed;
            if (!wanted.IsSubsetOf(scope))
                return OAuthError.ScopeNotAllowed.Because($"the key {key.Id} has the scope {scope}");
            scope = wanted;
        }

        if (scope.IsEmpty)
            return OAuthError.ScopeNotAllowed.Because($"the key {key.Id} and the client have no scope in common");
        return await tokens.IssueAsync(request, key.Subject, scope, [], ct);
    }
}

/// <summary>The API keys of users: 256 random bits each, of which only the hash is kept.</summary>
internal sealed class ApiKeys(IConfiguration configuration)
{
    public ValueTask<ApiKey?> FindAsync(string text, CancellationToken ct)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        var found = configuration.GetSection("apiKeys").GetChildren().FirstOrDefault(k => k["sha256"] == hash);
        return new(found is null ? null : new ApiKey(found.Key, found["subject"]!, ScopeSet.Of(found["scope"]!.Split(' '))));
    }
}

/// <summary>A key that counts: its number for the log, whose it is and what it may do.</summary>
internal sealed record ApiKey(string Id, string Subject, ScopeSet Scope);
