using System.Security.Claims;

namespace HQ.OAuth2;

/// <summary>What a consent page shows, and what its form posts.</summary>
public sealed class ConsentForm
{
    internal ConsentForm() { }

    /// <summary>What the page has to say.</summary>
    public ConsentModel Consent { get; internal init; } = null!;

    /// <summary>The user who is asked; null when nobody is signed in.</summary>
    public ClaimsPrincipal? User { get; internal init; }

    /// <summary>Where the form is posted, and where sign-in returns to: a local path with the request in it.</summary>
    public string ReturnPath { get; internal init; } = "";

    /// <summary>Where our own page posts the form; null = to the authorization endpoint.</summary>
    internal string? Action { get; init; }

    /// <summary>The hidden fields that the form posts to <see cref="ReturnPath"/>, beside <c>decision</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> FormFields { get; internal init; } = [];

    /// <summary>
    /// Whether the host's scheme can sign the user out, so that <see cref="AuthorizationContext.SwitchAccount"/> may be posted as the
    /// decision.
    /// </summary>
    public bool CanSwitchAccount { get; internal init; }
}
