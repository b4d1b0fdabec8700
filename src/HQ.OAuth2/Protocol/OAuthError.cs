using System.Globalization;

namespace HQ.OAuth2;

/// <summary>
/// Every refusal this server can give, by name; those that a host's own code may need are public. A refusal says two things: what the wire
/// may say (<see cref="Code"/>, <see cref="Description"/>, <see cref="Status"/>) and, for logs and the Development error page only,
/// <see cref="Reason"/>.
/// </summary>
public sealed partial record OAuthError
{
    private const int MaxLength = 1000;

    private OAuthError(int number, string code, string description, int status = 400)
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"HQ{number}");
        Code = code;
        Description = Clean(description);
        Status = status;
    }

    /// <summary>
    /// Names this refusal for good, for instance <c>HQ1019</c>: docs/errors has a page for each, with the cause and what helps. Compare
    /// refusals by it; two of one name are equal only when their reasons are.
    /// </summary>
    public string Id { get; }

    /// <summary>The standard's code, for instance <c>invalid_grant</c>.</summary>
    public string Code { get; }

    /// <summary>A sentence for the client's developer, inside the characters that RFC 6749 §5.2 allows.</summary>
    public string Description { get; }

    /// <summary>The HTTP status where the error is answered directly, not through a redirect.</summary>
    public int Status { get; }

    /// <summary>What was found and what was expected, for the log; null when the description says it all. Never a secret.</summary>
    public string? Reason { get; internal init; }

    /// <summary>The member of the metadata that it is about; null when it is about none.</summary>
    public string? Field { get; internal init; }

    /// <summary>The other host that it is about; null when it is about none.</summary>
    public string? Host { get; internal init; }

    /// <summary>An error that an extension grant names (§4.5), for instance <c>invalid_grant</c> or <c>authorization_pending</c>.</summary>
    public static OAuthError Extension(string code, string description) => new(1000, Clean(code), description);

    /// <summary>The same error with a reason, for the log and the Development error page. Never a secret.</summary>
    public OAuthError Because(string reason) => this with { Reason = Clean(reason) };

    /// <summary>The same error about a field, and what its value must be.</summary>
    internal OAuthError About(string field, string problem) => Because($"{field} {problem}") with { Field = field };

    /// <summary>What the wire says: in Development with the id and the reason, else the same for all that must not be told apart.</summary>
    internal string Describe(ErrorDetail detail) =>
        !detail.Explains ? Description
        : Reason is null ? $"{Description} ({Id})"
        : Clean($"{Description} ({Id}: {Reason})");

    /// <summary>Where the error is explained (RFC 6749 §5.2, error_uri); null when the host names no place.</summary>
    internal string? Explanation(ErrorDetail detail) =>
        detail.Uri is not { } place ? null
        : place.EndsWith('/') ? place + Id
        : place + Id.ToLowerInvariant();

    /// <summary>The error for an exception: a store that cannot be reached is not a bug of ours.</summary>
    internal static OAuthError From(Exception exception)
    {
        // Object mappers wrap what their driver says.
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (
                cause
                is System.Data.Common.DbException
                    or TimeoutException
                    or OperationCanceledException
                    or IOException
                    or HttpRequestException
                    or System.Net.Sockets.SocketException
                    or UnavailableException
            )
                return TemporarilyUnavailable;
        }

        return ServerError;
    }

    /// <summary>
    /// Text that may hold what a caller sent, cut and without the characters that RFC 6749 §5.2 forbids (%x20-21 / %x23-5B / %x5D-7E are
    /// allowed): no answer can be broken by it and no log line forged.
    /// </summary>
    internal static string Clean(string text) =>
        text.Length <= MaxLength && text.All(IsAllowed) ? text : string.Concat(text.Take(MaxLength).Select(c => IsAllowed(c) ? c : '?'));

    private static bool IsAllowed(char c) => c is >= ' ' and <= '~' and not ('"' or '\\');
}
