using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// The part of a list that a caller asks for: <c>limit</c>, 100 when absent, and <c>after</c>, the <c>next</c> of the previous page.
/// </summary>
internal static class PageQuery
{
    public const int MaxLimit = 1000;

    /// <summary>Reads both, or says which of them is invalid.</summary>
    public static bool TryRead(IQueryCollection query, out int limit, out string? after, out InvalidField[] invalid)
    {
        (limit, after, invalid) = (100, query["after"] is [{ Length: > 0 } cursor] ? cursor : null, []);
        // A cursor is an id of ours, or a text that a host's own store made: plain text of the length of an id.
        if (after is not null && !Client.CanBeId(after))
        {
            invalid = [new("after", "must be the next of the page before")];
            return false;
        }

        if (query["limit"] is not [{ } text])
            return true;
        // TryParse ignores NUL characters at the end.
        if (
            text.All(char.IsAsciiDigit)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
            && limit is >= 1 and <= MaxLimit
        )
            return true;
        invalid = [new("limit", $"must be 1 to {MaxLimit}")];
        return false;
    }
}
