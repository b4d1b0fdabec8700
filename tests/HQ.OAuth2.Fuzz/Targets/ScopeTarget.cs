namespace HQ.OAuth2.Fuzz;

/// <summary>The parameter <c>scope</c> (RFC 6749 §3.3) and the sets that are made of it. An input is two scopes in two lines.</summary>
internal static class ScopeTarget
{
    public static bool Scope(byte[] input)
    {
        var lines = Reference.Text(input).Split('\n', 2);
        var (one, isGood) = Read(lines[0]);
        var (other, isOtherGood) = Read(lines.Length > 1 ? lines[1] : "");
        if (!isGood || !isOtherGood)
            return false;

        // A scope is a set (§3.3: the order does not matter).
        var (a, b) = (one!.ToHashSet(StringComparer.Ordinal), other!.ToHashSet(StringComparer.Ordinal));
        Rule.Agrees(one!.IsSubsetOf(other!), a.IsSubsetOf(b), "Whether a scope is within another");
        Rule.Agrees(one.Equals(other), a.SetEquals(b), "Whether two scopes are the same");
        Rule.Holds(!one.Equals(other) || one.GetHashCode() == other!.GetHashCode(), "Two scopes that are the same have one hash.");
        Rule.Holds(a.Intersect(b).ToHashSet().SetEquals(one.Intersect(other!)), "What is in both scopes is in both sets.");
        return !one.IsEmpty;
    }

    private static (ScopeSet? Set, bool IsGood) Read(string text)
    {
        var outcome = ScopeSet.Parse(text);

        // More spaces than the standard's one are tolerated around tokens; nothing else is.
        var tokens = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var isGood = tokens.Length == 0 || (tokens.Length <= ScopeSet.MaxTokens && Reference.Scope().IsMatch(string.Join(' ', tokens)));
        Rule.Agrees(outcome.Error is null, isGood, "Whether a scope is one");
        if (outcome.Failed(out var error, out var set))
        {
            Rule.Agrees(error.Code, "invalid_scope", "The error of a scope (§4.1.2.1)");
            return (null, false);
        }

        Rule.ListsAgree(set, tokens.Distinct(), "The tokens of a scope, each once, in their order");
        Rule.Holds(set.IsEmpty || Reference.Scope().IsMatch(set.ToString()), "A scope is written by the grammar of §3.3.");
        Rule.Agrees(ScopeSet.Parse(set.ToString()).Value, set, "A scope that was written and read again");
        return (set, true);
    }
}
