namespace HQ.OAuth2;

/// <summary>How much the answers of this server say about an error.</summary>
/// <param name="Explains">Whether answers include the found and the expected value, which otherwise only the log has.</param>
/// <param name="Uri">Where errors are explained: the id of the error is appended, in lower case after <c>#</c>. Null = nowhere.</param>
internal sealed record ErrorDetail(bool Explains, string? Uri);
