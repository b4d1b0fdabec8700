namespace HQ.OAuth2;

/// <summary>The form of a new personal access token: its choices, and what the user has entered so far.</summary>
internal sealed record PersonalTokenForm
{
    /// <summary>The scopes that the user may choose.</summary>
    public required IReadOnlyList<ConsentScope> Scopes { get; init; }

    /// <summary>The resources that the user may choose, if there are several.</summary>
    public required IReadOnlyList<ConsentResource> Resources { get; init; }

    /// <summary>The resource that is chosen at first.</summary>
    public required string Default { get; init; }

    /// <summary>The organizations of the user.</summary>
    public required IReadOnlyList<Organization> Organizations { get; init; }

    /// <summary>The lifetimes in days that the user may choose.</summary>
    public required IReadOnlyList<int> Lifetimes { get; init; }

    /// <summary>The hidden fields.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; }

    /// <summary>What the user has entered: none at first.</summary>
    public OAuthParameters Entered { get; init; } = OAuthParameters.Empty;

    /// <summary>Whether the box of a resource is ticked.</summary>
    public bool IsFor(string resource) => Error is null ? resource == Default : IsChosen("resource", resource);

    /// <summary>Why no token was made of it; null at first.</summary>
    public OAuthError? Error { get; init; }

    /// <summary>Whether a box or an option is chosen.</summary>
    public bool IsChosen(string field, string value) => Entered.All(field).Contains(value, StringComparer.Ordinal);
}
