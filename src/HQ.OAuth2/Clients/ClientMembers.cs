using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>
/// The members of a client as they are in JSON (RFC 7591 §2). Null and absent are the same. <see cref="Client"/> has the same members with
/// their own types.
/// </summary>
public abstract record ClientMembers : ClientDescription
{
    private protected ClientMembers() { }

    /// <param name="client">The client whose members these are.</param>
    /// <param name="emptyLists">Whether a list without items is there; false = it is absent.</param>
    private protected ClientMembers(Client client, bool emptyLists)
        : base(client)
    {
        RedirectUris = List(client.RedirectUris);
        TokenEndpointAuthMethod = client.TokenEndpointAuthMethod;
        GrantTypes = List(client.GrantTypes);
        Scope = client.Scope?.ToString();
        Contacts = List(client.Contacts);
        DpopBoundAccessTokens = client.DpopBoundAccessTokens ? true : null;

        IReadOnlyList<string>? List(IReadOnlyList<string> list) => list.Count > 0 || emptyLists ? list : null;
    }

    /// <summary>Complete redirect URIs.</summary>
    [JsonPropertyName("redirect_uris")]
    public IReadOnlyList<string>? RedirectUris { get; init; }

    /// <summary>Absent = <c>client_secret_basic</c>.</summary>
    [JsonPropertyName("token_endpoint_auth_method")]
    public string? TokenEndpointAuthMethod { get; init; }

    /// <summary>Absent = <c>authorization_code</c>.</summary>
    [JsonPropertyName("grant_types")]
    public IReadOnlyList<string>? GrantTypes { get; init; }

    /// <summary>Scope tokens separated by spaces; absent = the server's default for such a client.</summary>
    [JsonPropertyName("scope")]
    public string? Scope { get; init; }

    /// <summary>Ways to reach the people behind it.</summary>
    [JsonPropertyName("contacts")]
    public IReadOnlyList<string>? Contacts { get; init; }

    /// <summary>
    /// Whether the client always proves a key at the token endpoint (RFC 9449 §5.2): a token request of it without a proof is refused. Absent =
    /// false.
    /// </summary>
    [JsonPropertyName("dpop_bound_access_tokens")]
    public bool? DpopBoundAccessTokens { get; init; }

    /// <summary>The client that has these members, once they are checked.</summary>
    internal Client ToClient(string clientId, ClientType type) =>
        new(this)
        {
            ClientId = clientId,
            Type = type,
            RedirectUris = RedirectUris ?? [],
            TokenEndpointAuthMethod = TokenEndpointAuthMethod!,
            GrantTypes = GrantTypes!,
            Scope = Scope is null ? null : ScopeSet.Parse(Scope).Value,
            Contacts = Contacts ?? [],
            DpopBoundAccessTokens = DpopBoundAccessTokens ?? false,
        };
}
