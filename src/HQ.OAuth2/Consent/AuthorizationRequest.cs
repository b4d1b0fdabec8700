namespace HQ.OAuth2;

/// <summary>
/// An authorization request that passed every check of RFC 6749 §4.1.1 and RFC 7636 §4.4, or the request of a device (RFC 8628 §3.1): only the
/// authorization endpoint and the page for devices make one.
/// </summary>
public sealed class AuthorizationRequest
{
    internal AuthorizationRequest() { }

    /// <summary>The client that asks.</summary>
    public Client Client { get; internal init; } = null!;

    /// <summary>Where the answer goes: one of the client's registered redirect URIs. Empty for a device, which asks for the answer.</summary>
    public string RedirectUri { get; internal init; } = "";

    /// <summary>The scope asked for, or the default.</summary>
    public ScopeSet Scope { get; internal init; } = ScopeSet.Empty;

    /// <summary>The resources that tokens will be for; at least one.</summary>
    public IReadOnlyList<string> Resources { get; internal init; } = [];

    /// <summary>The client's state; null when it sent none.</summary>
    public string? State { get; internal init; }

    /// <summary>Whether the client wants the user to be asked whatever was remembered (<c>prompt=consent</c>).</summary>
    public bool MustAsk { get; internal init; }

    /// <summary>Whether the user must not be asked anything (<c>prompt=none</c>).</summary>
    public bool MustNotAsk { get; internal init; }

    /// <summary>Whether the client wants the user to sign in for this request (<c>prompt=login</c>, <c>select_account</c>).</summary>
    internal bool SignInAgain { get; init; }

    /// <summary>
    /// Whether it is enough that the user chooses an account there (<c>prompt=select_account</c> without <c>login</c>): an account that is signed
    /// in at an identity provider needs no new password.
    /// </summary>
    internal bool WantsAccountChosen { get; init; }

    /// <summary>The <c>prompt</c> for the host's sign-in; null = the request says nothing.</summary>
    internal string? SignInPrompt =>
        !SignInAgain ? null
        : WantsAccountChosen ? FreshSignIn.SelectAccount
        : FreshSignIn.Login;

    /// <summary>What the host's sign-in is told.</summary>
    internal SignInWish Wish => new(SignInPrompt, MaxAge, AcrValues);

    /// <summary>How old the user's sign-in may be (<c>max_age</c>); null = the client does not care.</summary>
    internal TimeSpan? MaxAge { get; init; }

    /// <summary>The authentication contexts that the client asks for, the best first (<c>acr_values</c>); empty = it does not care.</summary>
    internal IReadOnlyList<string> AcrValues { get; init; } = [];

    /// <summary>The codes of the device that asks; null for a request of the authorization endpoint.</summary>
    internal DeviceFact? Device { get; init; }

    internal bool RedirectUriWasSent { get; init; }

    internal string? CodeChallenge { get; init; }

    /// <summary>The thumbprint of the key that the code will be bound to (<c>dpop_jkt</c>, RFC 9449 §10); null = none.</summary>
    internal string? DpopKey { get; init; }
}
