namespace HQ.OAuth2.Model.Tests;

/// <summary>The names of scopes, resources and organizations, as they are sent.</summary>
internal static class Names
{
    private static readonly Scopes[] scopes = [Scopes.Read, Scopes.Write, Scopes.Delete];

    private static readonly Dictionary<Resources, string> resources = new()
    {
        [Resources.Server] = World.Issuer,
        [Resources.Notes] = "https://notes.example.com/v1",
        [Resources.Files] = "https://files.example.com",
        [Resources.Unknown] = "https://unknown.example.com",
    };

    public static string Text(Scopes scope) => string.Join(' ', Of(scope));

    public static string Text(Orgs organization) => organization.ToString().ToLowerInvariant();

    public static string Text(Resources resource) => resource.ToString().ToLowerInvariant();

    public static string[] Of(Scopes scope) => [.. scopes.Where(s => scope.HasFlag(s)).Select(s => s.ToString().ToLowerInvariant())];

    /// <summary>The identifiers of resources.</summary>
    public static string[] Of(Resources some) => [.. resources.Where(r => some.HasFlag(r.Key)).Select(r => r.Value)];

    public static Scopes Scope(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate(Scopes.None, (all, one) => all | Enum.Parse<Scopes>(one, true));

    public static Resources Resource(string identifier) =>
        resources.Where(r => r.Value == identifier).Select(r => r.Key).FirstOrDefault(Resources.Unknown);
}
