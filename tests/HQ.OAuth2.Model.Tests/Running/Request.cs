namespace HQ.OAuth2.Model.Tests;

/// <summary>
/// A request with names in place of values: <c>$CODE3</c> is the code that command 3 got. It is sent with the values, and printed with the names.
/// </summary>
internal sealed record Request(string Method, string Path)
{
    public IReadOnlyList<(string Name, string Value)> Form { get; init; } = [];

    public string? Json { get; init; }

    /// <summary>The client and the secret of HTTP Basic.</summary>
    public (string Id, string Secret)? Basic { get; init; }

    public string? Bearer { get; init; }

    /// <summary>The user whose browser it is: <c>USER0</c> or <c>admin</c>; null = no browser.</summary>
    public string? Browser { get; init; }

    /// <summary>Whether it needs the antiforgery token of the browser's user.</summary>
    public bool NeedsToken { get; init; }

    /// <summary>The page whose form this posts, with its hidden fields; when it shows no form, that is the answer.</summary>
    public string? Page { get; init; }

    /// <summary>The organization that the browser's user joins or leaves after the page; none = that stays as it is.</summary>
    public Orgs Meanwhile { get; init; }

    /// <summary>The names for members of the answer, or for parameters of its Location.</summary>
    public IReadOnlyList<(string Name, string Member)> Takes { get; init; } = [];
}
