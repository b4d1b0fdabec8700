using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace HQ.OAuth2.Fuzz;

/// <summary>
/// The parameters <c>after</c> and <c>limit</c> of a list, and the part of the list that they name. An input is a query. A cursor is an id that an
/// answer named, and the list goes on after it.
/// </summary>
internal sealed partial class CursorTarget
{
    private const string IdCharacters = "09AZ_az~-.";

    private readonly InMemoryClientRegistry registry = new();
    private readonly string[] ids =
    [
        .. IdCharacters.SelectMany(c => new[] { $"{c}", $"hqc_{c}", $"https://a.example/{c}" }).Order(StringComparer.Ordinal),
    ];

    public CursorTarget()
    {
        foreach (var id in ids)
            registry.TryAddAsync(Server.Client(id, ClientType.Public), default).AsTask().GetAwaiter().GetResult();
    }

    public bool Cursor(byte[] input)
    {
        var query = new QueryCollection(QueryHelpers.ParseQuery("?" + Reference.Latin(input)));
        var accepted = PageQuery.TryRead(query, out var limit, out var after, out var invalid);
        var (cursors, limits) = (query["after"], query["limit"]);

        // A parameter that stands more often than once, or is empty, says nothing.
        var cursor = cursors.Count == 1 && cursors[0]!.Length > 0 ? cursors[0] : null;
        var isCursor = cursor is null || (cursor.Length <= 800 && Reference.VisibleText().IsMatch(cursor));
        var isLimit = limits.Count != 1 || Limit().IsMatch(limits[0]!);
        Rule.Agrees(accepted, isCursor && isLimit, "Whether a part of a list is named");
        if (!accepted)
        {
            Rule.Agrees(invalid.Single().Name, isCursor ? "limit" : "after", "The parameter that is refused");
            return false;
        }

        Rule.Agrees(after, cursor, "The cursor");
        Rule.Agrees(limit, limits.Count == 1 ? int.Parse(limits[0]!) : 100, "The limit");

        // From any cursor on, page by page, each client that follows it comes once.
        var (rest, pages) = (new List<string>(), 0);
        for (var next = after; ; )
        {
            var page = registry.ListAsync(new(limit: limit, after: next), default).AsTask().GetAwaiter().GetResult();
            Rule.Holds(page.Items.Count <= limit, "A page is not longer than its limit.");
            rest.AddRange(page.Items.Select(c => c.ClientId));
            if (page.Next is null)
                break;
            Rule.Holds(Client.CanBeId(page.Next), "The next of a page is a cursor.");
            Rule.Holds(++pages <= ids.Length, "A list ends.");
            next = page.Next;
        }

        Rule.ListsAgree(rest, ids.Where(id => after is null || string.CompareOrdinal(id, after) > 0), "What follows a cursor");
        return after is not null || limits.Count == 1;
    }

    // 1 to 1000 in decimal digits; leading zeros change nothing.
    [GeneratedRegex(@"\A0*([1-9][0-9]{0,2}|1000)\z")]
    private static partial Regex Limit();
}
