namespace HQ.OAuth2.Load;

/// <summary>A server that can be measured: an engine on a store.</summary>
internal sealed record ServerKind(string Engine, string Store)
{
    public string Name => $"{Engine}-{Store}";

    /// <summary>The store that its figures are compared on.</summary>
    public string ComparedOn => Store == "nothing" ? "memory" : Store;

    public bool IsDotNet => Engine != "node";

    public bool HasDatabase => Store is "sqlite" or "postgres";

    /// <summary>Whether users sign in by a page of its host: Node's server does that by itself.</summary>
    public bool SignsIn => Engine != "node";

    /// <summary>node-oidc-provider introspects no JWT, so the tokens to introspect are for a resource that gets opaque ones.</summary>
    public string? IntrospectionExtra => Engine == "node" ? "&resource=https%3A%2F%2Fopaque.example.com" : null;

    public static ServerKind[] All { get; } =
    [
        new("floor", "memory"),
        new("ours", "memory"),
        new("openiddict", "memory"),
        new("openiddict", "nothing"),
        new("node", "memory"),
        new("floor", "sqlite"),
        new("ours", "sqlite"),
        new("openiddict", "sqlite"),
        new("floor", "postgres"),
        new("ours", "postgres"),
        new("openiddict", "postgres"),
    ];

    public static ServerKind[] Quick { get; } = [.. All.Where(s => s.Store == "memory")];
}
