namespace HQ.OAuth2;

/// <summary>
/// Which sign-in a request wants from its user (OpenID Connect Core §3.1.2.1): <c>prompt=login</c> and <c>select_account</c> want a new
/// one, <c>max_age</c> one that is not too old. With <c>select_account</c> an account that the user chooses at an identity provider is new, also
/// if its password was given there before.
/// </summary>
internal static class FreshSignIn
{
    // Some 30 years; more means no limit either way.
    private const long Longest = 1_000_000_000;

    /// <summary>The value of <c>prompt</c> that wants the user to sign in again.</summary>
    public const string Login = "login";

    /// <summary>The value of <c>prompt</c> that wants the user to choose an account.</summary>
    public const string SelectAccount = "select_account";

    /// <summary>
    /// Whether the user has to sign in, or sign in again, before anything is asked.
    /// </summary>
    /// <param name="request">What the client wants.</param>
    /// <param name="signedInAt">When the user signed in, as far as the host says; null = unknown, or nobody is signed in.</param>
    /// <param name="sessionAt">When the session began that the host keeps for the user; null = unknown, or nobody is signed in.</param>
    /// <param name="askedAt">When this server sent the user to sign in for this very request; null = it has not yet.</param>
    /// <param name="now">The time.</param>
    public static bool IsNeeded(
        AuthorizationRequest request,
        DateTimeOffset? signedInAt,
        DateTimeOffset? sessionAt,
        DateTimeOffset? askedAt,
        DateTimeOffset now
    )
    {
        // The host was asked for this request: a sign-in since then is what was wanted, and a host that tells no time is believed.
        if (IsSince(signedInAt, askedAt))
            return false;
        // A chosen account has a new session here; an identity provider may have signed it in before.
        var isChosen = request.WantsAccountChosen && IsSince(sessionAt, askedAt);
        return (request.SignInAgain && !isChosen) || (request.MaxAge is { } maxAge && (signedInAt is not { } at || now - at > maxAge));
    }

    /// <summary>Whether a request, not validated yet, says anything about the sign-in.</summary>
    public static bool IsMentioned(OAuthParameters parameters) => parameters["max_age"] is not null || WantsNew(Prompt(parameters));

    /// <summary>The <c>prompt</c> for the host's sign-in of a request that is not validated yet; null = it says nothing.</summary>
    public static string? PromptOf(OAuthParameters parameters) =>
        Prompt(parameters) is var prompt && !WantsNew(prompt) ? null
        : WantsAccountChosen(prompt) ? SelectAccount
        : Login;

    /// <summary>The <c>max_age</c> of a request that is not validated yet; null = it says none, or a malformed one.</summary>
    public static TimeSpan? MaxAgeOf(OAuthParameters parameters) =>
        parameters["max_age"] is { } seconds && TryReadMaxAge(seconds, out var maxAge) ? maxAge : null;

    /// <summary>The values of <c>prompt</c>.</summary>
    public static string[] Prompt(OAuthParameters parameters) =>
        (parameters["prompt"] ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public static bool WantsNew(string[] prompt) => prompt.Contains(Login) || prompt.Contains(SelectAccount);

    public static bool WantsAccountChosen(string[] prompt) => prompt.Contains(SelectAccount) && !prompt.Contains(Login);

    /// <summary>Reads <c>max_age</c>, whole seconds from zero. False when it is none.</summary>
    public static bool TryReadMaxAge(string text, out TimeSpan maxAge)
    {
        var isNumber = text.Length is > 0 and <= 18 && text.All(char.IsAsciiDigit);
        maxAge = isNumber ? TimeSpan.FromSeconds(Math.Min(long.Parse(text), Longest)) : default;
        return isNumber;
    }

    private static bool IsSince(DateTimeOffset? time, DateTimeOffset? askedAt) =>
        askedAt is { } asked && (time is not { } at || Seconds(at) >= Seconds(asked));

    // Cookies keep whole seconds.
    private static long Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds();
}
