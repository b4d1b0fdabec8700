namespace HQ.OAuth2;

/// <summary>How a client came to be registered.</summary>
public enum ClientProvenance
{
    /// <summary>By an administrator or the host: by API, in configuration or in code.</summary>
    Api,

    /// <summary>By itself, through dynamic registration (RFC 7591).</summary>
    Dcr,

    /// <summary>By a metadata document at the URL that is its client id.</summary>
    Cimd,
}

/// <summary>The names of provenances, as APIs and tables have them.</summary>
public static class ClientProvenances
{
    /// <summary><c>api</c>, <c>dcr</c> or <c>cimd</c>.</summary>
    public static string Name(this ClientProvenance provenance) =>
        provenance switch
        {
            ClientProvenance.Api => "api",
            ClientProvenance.Dcr => "dcr",
            ClientProvenance.Cimd => "cimd",
            _ => throw new ArgumentOutOfRangeException(nameof(provenance)),
        };
}
