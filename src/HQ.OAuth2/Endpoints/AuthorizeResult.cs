namespace HQ.OAuth2;

/// <summary>How an authorization request ends before anybody is asked: one of four.</summary>
internal abstract record AuthorizeResult
{
    private AuthorizeResult() { }

    /// <summary>The error of a refused request; null = it is valid, or not checked yet.</summary>
    public OAuthError? Refusal =>
        this switch
        {
            ErrorPage page => page.Error,
            ErrorRedirect redirect => redirect.Error,
            _ => null,
        };

    /// <summary>Every check passed: the user is to sign in and decide.</summary>
    public sealed record Valid(AuthorizationRequest Request) : AuthorizeResult;

    /// <summary>The user is to sign in before the request is checked: the client's metadata document has to be fetched, and not for a stranger.</summary>
    public sealed record SignIn : AuthorizeResult;

    /// <summary>
    /// Refused, and the client may be told at this address: at once or after a click, as <see cref="RedirectUris.HearsErrorsAtOnce"/> says.
    /// </summary>
    public sealed record ErrorRedirect(OAuthError Error, Client Client, string RedirectUri, string? State) : AuthorizeResult;

    /// <summary>Refused, and only the user may be told: who asks, or where the answer would go, is not certain (§3.1.2.4).</summary>
    public sealed record ErrorPage(OAuthError Error) : AuthorizeResult;
}
