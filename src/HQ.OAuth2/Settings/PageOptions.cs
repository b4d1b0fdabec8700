namespace HQ.OAuth2;

/// <summary>What the pages that people see look like and offer.</summary>
public sealed class PageOptions
{
    /// <summary>What users call the service that apps ask to use; null = the issuer's host.</summary>
    public string? ServiceName { get; set; }

    /// <summary>The service's logo: a path of this host, or an https URL. Null = none. Clients' logos are never shown.</summary>
    public string? Logo { get; set; }

    /// <summary>The colour of the main button and of the line on top, as <c>#rrggbb</c>; null = blue. The text on it is black or white,
    /// whichever can be read better.</summary>
    public string? Color { get; set; }

    /// <summary>The same in dark mode; null = <see cref="Color"/>.</summary>
    public string? DarkColor { get; set; }

    /// <summary>A CSS file that comes after our own style: a path of this host, or an https URL. Null = none.</summary>
    public string? Stylesheet { get; set; }

    /// <summary>Whether users may grant some of the scopes and not others. Default false: all or nothing.</summary>
    public bool ChooseScopes { get; set; }

    /// <summary>
    /// The host's own consent page, a path of this host: it is sent <c>?returnUrl=</c> and reads the request by <c>ConsentRequests</c>.
    /// Null = our page.
    /// </summary>
    public string? ConsentPath { get; set; }
}
