namespace HQ.OAuth2;

/// <summary>What a token is for, on a consent page.</summary>
public sealed class ConsentResource
{
    internal ConsentResource(string identifier, string? name, string place, bool isService = false) =>
        (Identifier, Name, Place, IsService) = (identifier, name, place, isService);

    /// <summary>Its absolute URI.</summary>
    public string Identifier { get; }

    /// <summary>What the host calls it; null when it has no name.</summary>
    public string? Name { get; }

    /// <summary>Its host and path, or all of an identifier that has none.</summary>
    public string Place { get; }

    /// <summary>Whether it is the service itself, which a page names already.</summary>
    internal bool IsService { get; }

    internal static ConsentResource Of(string identifier, ResourcePolicy resources) =>
        new(identifier, resources.NameOf(identifier), UriText.WithoutScheme(identifier), resources.IsServer(identifier));
}
