namespace HQ.OAuth2;

/// <summary>What the pages that people see look like and offer.</summary>
public sealed class PageOptions
{
    /// <summary>What users call the service that apps ask to use. Default the issuer's host.</summary>
    public string? ServiceName { get; set; }

    /// <summary>The service's logo: a path of this host, or an https URL. Clients' logos are never shown.</summary>
    public string? Logo { get; set; }

    /// <summary>
    /// The colour of the main button and of the line on top, as <c>#rrggbb</c>. The text on it is black or white, whichever can be read
    /// better. Default blue.
    /// </summary>
    public string? Color { get; set; }

    /// <summary>The same in dark mode. Default <see cref="Color"/>.</summary>
    public string? DarkColor { get; set; }

    /// <summary>A CSS file that comes after our own style: a path of this host, or an https URL.</summary>
    public string? Stylesheet { get; set; }

    /// <summary>
    /// Where the connected apps page and the error page lead back to: a path of this host, or an https URL.
    /// </summary>
    public string? HomeUrl { get; set; }

    /// <summary>
    /// Whether users may grant some of the scopes and not others; otherwise it is all or nothing. For 90 scopes at most. Default false.
    /// </summary>
    public bool ChooseScopes { get; set; }

    /// <summary>
    /// The host's own consent page, a path of this host without a query: it is sent <c>?returnUrl=</c> and reads the request by
    /// <c>ConsentRequests</c>. Default our page.
    /// </summary>
    public string? ConsentPath { get; set; }
}
