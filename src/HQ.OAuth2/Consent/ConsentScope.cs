namespace HQ.OAuth2;

/// <summary>One scope on a consent page.</summary>
/// <param name="Name">The token.</param>
/// <param name="Description">What it lets an app do; null when the host has no words for it.</param>
/// <param name="Destructive">Whether it lets an app destroy something.</param>
/// <param name="AlreadyGranted">Whether the user lets this client do it now.</param>
public sealed record ConsentScope(string Name, string? Description, bool Destructive, bool AlreadyGranted = false)
{
    internal static ConsentScope Of(string name, HqOAuth2Options options)
    {
        var known = options.Scopes.FirstOrDefault(s => s.Name == name);
        return new(name, known?.Description, known?.Destructive ?? false);
    }
}
