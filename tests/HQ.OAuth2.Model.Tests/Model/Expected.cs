namespace HQ.OAuth2.Model.Tests;

/// <summary>What the model says about the answer to a command. Null members are not compared, except <see cref="Error"/> and <see cref="Refresh"/>.</summary>
internal sealed record Expected(int Status)
{
    /// <summary>The error of the answer; null = there is none.</summary>
    public string? Error { get; init; }

    /// <summary>Whether a page with a decision was shown.</summary>
    public bool? Asked { get; init; }

    /// <summary>The organizations that the page names.</summary>
    public Orgs? Offered { get; init; }

    public bool? Active { get; init; }

    public Scopes? Scope { get; init; }

    /// <summary>The resources of a token that was issued, or is active (<c>aud</c>).</summary>
    public Resources? Audience { get; init; }

    public string? Subject { get; init; }

    /// <summary>The organization of a token that was issued, or is active; empty = none.</summary>
    public string? Organization { get; init; }

    public long? ExpiresIn { get; init; }

    /// <summary>The refresh token of the answer: null = there is none, empty = one that was never seen, else the one of this name.</summary>
    public string? Refresh { get; init; }

    public static Expected Refused(string error, int status = 400) => new(status) { Error = error };

    /// <summary>A refusal of an API: problem details (RFC 9457).</summary>
    public static Expected Problem(int status) => new(status) { Error = "problem" };

    /// <summary>The difference to what was seen; null = there is none.</summary>
    /// <param name="seen">The answer.</param>
    /// <param name="values">The values that were got before, by their names.</param>
    public string? Difference(Seen seen, IReadOnlyDictionary<string, string> values)
    {
        if (seen.Status != Status || seen.Error != Error)
            return $"expected {Status} {Error}, got {seen.Status} {seen.Error}";
        if (Asked is { } asked && seen.Asked != asked)
            return asked ? "expected a page that asks, got none" : "got a page that asks, expected none";
        if (Offered is { } offered && seen.Offered != offered)
            return $"expected a page for the organizations {offered}, got {seen.Offered}";
        if (Active is { } active && seen.Active != active)
            return $"expected active = {active}, got {seen.Active}";
        if (Scope is { } scope && (seen.Scope ?? Scopes.None) != scope)
            return $"expected the scope {scope}, got {seen.Scope}";
        if (Audience is { } audience && seen.Audience != audience)
            return $"expected a token for {audience}, got one for {seen.Audience}";
        if (Subject is { } subject && seen.Subject != subject)
            return $"expected the subject {subject}, got {seen.Subject}";
        if (Organization is { } organization && (seen.Organization ?? "") != organization)
            return $"expected the organization '{organization}', got '{seen.Organization}'";
        if (ExpiresIn is { } seconds && seen.ExpiresIn != seconds)
            return $"expected expires_in = {seconds}, got {seen.ExpiresIn}";
        return Refresh switch
        {
            null => seen.Refresh is null ? null : "got a refresh token, expected none",
            "" => seen.Refresh is null ? "expected a new refresh token, got none"
            : values.Values.Contains(seen.Refresh) ? "expected a new refresh token, got one that was given before"
            : null,
            _ => seen.Refresh == values.GetValueOrDefault(Refresh) ? null : $"expected ${Refresh} again, got another refresh token",
        };
    }
}

/// <summary>What came back.</summary>
internal sealed record Seen(int Status)
{
    public string? Error { get; init; }

    public bool Asked { get; init; }

    public Orgs Offered { get; init; }

    public bool? Active { get; init; }

    public Scopes? Scope { get; init; }

    public Resources Audience { get; init; }

    public string? Subject { get; init; }

    public string? Organization { get; init; }

    public long? ExpiresIn { get; init; }

    public string? Refresh { get; init; }

    /// <summary>The whole answer, for a person.</summary>
    public string Text { get; init; } = "";

    /// <summary>The values that the answer gave, by their names.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();
}
