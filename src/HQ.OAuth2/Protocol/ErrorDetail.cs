namespace HQ.OAuth2;

/// <summary>How much the answers of this server say about an error.</summary>
/// <param name="Explains">Whether they say what was found and what was expected, which otherwise only the log says.</param>
/// <param name="Uri">Where errors are explained: the id of the error is appended. Null = nowhere.</param>
internal sealed record ErrorDetail(bool Explains, string? Uri);
