namespace HQ.OAuth2;

/// <summary>Which client metadata documents count, and how far; of effect with <see cref="HqOAuth2Options.ClientIdMetadataDocuments"/>.</summary>
public sealed class ClientDocumentOptions
{
    /// <summary>Hosts whose documents count, <c>*.example.com</c> for all below one. Default any.</summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>Hosts whose documents do not count, <c>*.example.com</c> for all below one.</summary>
    public IList<string> DeniedHosts { get; } = [];

    /// <summary>Whether https redirect URIs must be on the host of the document. Default false.</summary>
    public bool SameOrigin { get; set; }

    /// <summary>Whether a consent to such a client is remembered, on https redirects and while its document is the same. Default false.</summary>
    public bool RememberConsent { get; set; }

    /// <summary>Whether documents may be fetched from this machine itself: for tests, in Development only. Default false.</summary>
    public bool AllowLoopback { get; set; }
}
