namespace HQ.OAuth2.Model.Tests;

/// <summary>A command that was done at the same time as others.</summary>
/// <param name="Command">The command.</param>
/// <param name="Begun">When it was sent, by a clock that counts.</param>
/// <param name="Answered">When its answer was there.</param>
/// <param name="Seen">The answer.</param>
internal sealed record Event(Command Command, long Begun, long Answered, Seen Seen);

/// <summary>
/// Whether there is an order of events, one after the other, that the model accepts, and in which each event that was answered before another began
/// comes first (Herlihy and Wing 1990; the search of Wing and Gong 1993).
/// </summary>
internal static class Linearizability
{
    /// <param name="events">What happened.</param>
    /// <param name="model">The model as it was before.</param>
    /// <param name="values">The values that were known before, by their names.</param>
    public static bool Holds(IReadOnlyList<Event> events, ServerModel model, IReadOnlyDictionary<string, string> values) =>
        Search([.. events.Select(e => (e, false))], model, new Dictionary<string, string>(values, StringComparer.Ordinal));

    // A request of a client is two steps: the client is recognised, then the grant answers. Between them the client may be changed by others.
    private static bool Search(List<(Event Event, bool IsBegun)> left, ServerModel model, Dictionary<string, string> values)
    {
        if (left.Count == 0)
            return true;
        // An event may come next unless another one was answered before it began.
        var first = left.Min(e => e.Event.Answered);
        foreach (var (next, isBegun) in left.Where(e => e.Event.Begun <= first).ToList())
        {
            List<(Event, bool)> rest = [.. left.Where(e => e.Event != next)];
            if (!isBegun && next.Seen.Status != 401 && model.Proves(next.Command) is { } proves)
            {
                if (proves && Search([.. rest, (next, true)], model, values))
                    return true;
                continue;
            }

            // What is several writes, or a write and a look, is several steps, too.
            var after = model.Clone();
            if (
                next.Seen.Status is 200 or 204 or 404
                && after.Begins(next.Command, isBegun)
                && Search([.. rest, (next, true)], after, values)
            )
                return true;

            var then = model.Clone();
            if (
                then.Step(next.Command, isBegun) is not { } expected
                || expected.Difference(next.Seen, values) is not null
                || Runner.Missing(next.Command, then, next.Seen) is not null
            )
                continue;
            var known = new Dictionary<string, string>(values, StringComparer.Ordinal);
            foreach (var (name, value) in next.Seen.Values)
                known[name] = value;
            if (Search(rest, then, known))
                return true;
        }

        return false;
    }

    /// <summary>The history for a person: who did what, from when to when, and what came back.</summary>
    public static string Text(IEnumerable<Event> events) =>
        string.Join(
            '\n',
            events
                .OrderBy(e => e.Begun)
                .Select(e =>
                    $"{e.Begun, 3} to {e.Answered, 3}: {e.Command} gave {e.Seen.Status} {e.Seen.Error} {e.Seen.Active} {e.Seen.Scope}"
                )
        );
}
