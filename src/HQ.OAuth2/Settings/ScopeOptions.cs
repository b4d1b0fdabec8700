namespace HQ.OAuth2;

/// <summary>A scope, and what the consent page says about it.</summary>
public sealed class ScopeOptions
{
    /// <summary>The token that clients ask for (RFC 6749 §3.3).</summary>
    public string Name { get; set; } = "";

    /// <summary>What it lets an app do, in the user's words. Default the name.</summary>
    public string? Description { get; set; }

    /// <summary>Whether it lets an app destroy something, which the consent page marks. Default false.</summary>
    public bool Destructive { get; set; }

    /// <summary>
    /// Whether a client that asks for no scope and registered none gets it. When no scope says so, every one that is not
    /// <see cref="Destructive"/> counts. Default false.
    /// </summary>
    public bool Default { get; set; }
}
