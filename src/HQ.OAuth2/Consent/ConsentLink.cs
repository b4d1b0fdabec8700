namespace HQ.OAuth2;

/// <summary>A link that the client gave about itself.</summary>
public sealed class ConsentLink
{
    internal ConsentLink(string kind, string uri, string host) => (Kind, Uri, Host) = (kind, uri, host);

    /// <summary>Its name in the client's metadata: <c>client_uri</c>, <c>tos_uri</c> or <c>policy_uri</c>.</summary>
    public string Kind { get; }

    /// <summary>Where it leads, https.</summary>
    public string Uri { get; }

    /// <summary>The host of that.</summary>
    public string Host { get; }
}
