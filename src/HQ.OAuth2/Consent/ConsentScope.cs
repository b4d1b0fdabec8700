namespace HQ.OAuth2;

/// <summary>One scope on a consent page.</summary>
public sealed class ConsentScope
{
    internal ConsentScope(string name, string? description, bool destructive, bool alreadyGranted = false) =>
        (Name, Description, Destructive, AlreadyGranted) = (name, description, destructive, alreadyGranted);

    /// <summary>The token.</summary>
    public string Name { get; }

    /// <summary>What it lets an app do; null when the host has no words for it.</summary>
    public string? Description { get; }

    /// <summary>Whether it lets an app destroy something.</summary>
    public bool Destructive { get; }

    /// <summary>Whether the user lets this client do it now.</summary>
    public bool AlreadyGranted { get; }

    internal static ConsentScope Of(string name, HqOAuth2Options options, bool alreadyGranted = false)
    {
        var known = options.Scopes.FirstOrDefault(s => s.Name == name);
        return new(name, known?.Description, known?.Destructive ?? false, alreadyGranted);
    }
}
