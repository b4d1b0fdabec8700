namespace HQ.OAuth2;

/// <summary>The sign-in that a request wants from the host.</summary>
/// <param name="Prompt">What the user is to do there; null = the request says nothing.</param>
/// <param name="MaxAge">How old it may be; null = the request says nothing.</param>
/// <param name="AcrValues">The authentication contexts that are asked for, the best first; empty = none.</param>
internal sealed record SignInWish(string? Prompt, TimeSpan? MaxAge, IReadOnlyList<string> AcrValues);
