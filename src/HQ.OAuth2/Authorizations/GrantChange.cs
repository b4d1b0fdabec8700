namespace HQ.OAuth2;

/// <summary>A change that a user makes to an authorization that goes on. It can take away, and never adds anything that was not approved.</summary>
public sealed class GrantChange
{
    /// <summary>The scope that remains: a part of the present one, not empty. Null = as it is.</summary>
    public ScopeSet? Scope { get; init; }

    /// <summary>The resources that remain: some of the present ones, at least one. Null = as they are.</summary>
    public IReadOnlyList<string>? Resources { get; init; }

    /// <summary>True pauses the app, false lets it go on; null = as it is. While an app is paused, none of its tokens works.</summary>
    public bool? Paused { get; init; }

    /// <summary>Whether <see cref="EndsAt"/> is part of the change.</summary>
    public bool ChangesEnd { get; init; }

    /// <summary>When the authorization ends; null = not before its tokens do.</summary>
    public DateTimeOffset? EndsAt { get; init; }
}
