namespace HQ.OAuth2;

/// <summary>The resources that APIs of this host answer to: filled while the host is built, read by each request.</summary>
internal sealed class ServedResources
{
    private readonly Lock gate = new();
    private volatile string[] identifiers = [];

    public IReadOnlyList<string> Identifiers => identifiers;

    public void Add(string identifier)
    {
        lock (gate)
        {
            if (!identifiers.Contains(identifier, StringComparer.Ordinal))
                identifiers = [.. identifiers, identifier];
        }
    }
}
