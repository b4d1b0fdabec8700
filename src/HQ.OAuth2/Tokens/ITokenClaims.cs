using System.Collections.Frozen;

namespace HQ.OAuth2;

/// <summary>Adds claims of a host's own to access tokens (RFC 9068 §2.2.2). Every registered implementation is called.</summary>
public interface ITokenClaims
{
    /// <summary>Adds claims to a token that is about to be signed. It is called for each token, also for a refreshed one.</summary>
    ValueTask AddAsync(TokenClaims claims, CancellationToken ct);
}

/// <summary>The claims of one access token.</summary>
public sealed class TokenClaims
{
    private static readonly FrozenSet<string> ours = FrozenSet.ToFrozenSet([
        "iss",
        "exp",
        "aud",
        "sub",
        "client_id",
        "iat",
        "nbf",
        "jti",
        "scope",
        "cnf",
        "act",
        AccessToken.SignInTimeClaim,
        AccessToken.AuthorizationClaim,
    ]);

    private readonly Dictionary<string, object> claims;
    private readonly string organizationClaim;
    private readonly bool hasContext;

    internal TokenClaims(
        Client client,
        string subject,
        ScopeSet scope,
        string? organization,
        string organizationClaim,
        Dictionary<string, object> claims
    ) =>
        (Client, Subject, Scope, Organization, this.organizationClaim, this.claims, hasContext) = (
            client,
            subject,
            scope,
            organization,
            organizationClaim,
            claims,
            claims.ContainsKey(AccessToken.ContextClaim)
        );

    internal static bool IsOurs(string name) => ours.Contains(name) || name == AccessToken.ContextClaim;

    /// <summary>The client it is for.</summary>
    public Client Client { get; }

    /// <summary>The user who granted it, or the client itself when there is none.</summary>
    public string Subject { get; }

    /// <summary>The scope of the token.</summary>
    public ScopeSet Scope { get; }

    /// <summary>The organization that the authorization is for; null when it is for none.</summary>
    public string? Organization { get; }

    /// <summary>Adds a string.</summary>
    /// <exception cref="ArgumentException">The name is one that the server itself sets.</exception>
    public void Add(string name, string value) => claims[Checked(name)] = value;

    /// <summary>Adds a list of strings, such as the roles and groups of RFC 9068 §2.2.3.1.</summary>
    /// <exception cref="ArgumentException">The name is one that the server itself sets.</exception>
    public void Add(string name, IReadOnlyCollection<string> values) => claims[Checked(name)] = values.ToArray();

    /// <summary>Adds a number.</summary>
    /// <exception cref="ArgumentException">The name is one that the server itself sets.</exception>
    public void Add(string name, long value) => claims[Checked(name)] = value;

    /// <summary>Adds a truth value.</summary>
    /// <exception cref="ArgumentException">The name is one that the server itself sets.</exception>
    public void Add(string name, bool value) => claims[Checked(name)] = value;

    // A host that does not tell authentication contexts apart may add a claim of this name itself.
    private string Checked(string name) =>
        ours.Contains(name) || name == organizationClaim || (name == AccessToken.ContextClaim && hasContext)
            ? throw new ArgumentException($"The claim {name} is the server's own: choose another name.", nameof(name))
            : name;
}
