namespace HQ.OAuth2;

/// <summary>What a token is for, on a consent page.</summary>
/// <param name="Identifier">Its absolute URI.</param>
/// <param name="Name">What the host calls it; null when it has no name.</param>
/// <param name="Place">Its host and path, or all of an identifier that has none.</param>
public sealed record ConsentResource(string Identifier, string? Name, string Place)
{
    internal static ConsentResource Of(string identifier, ResourcePolicy resources) =>
        new(identifier, resources.NameOf(identifier), UriText.WithoutScheme(identifier));
}
