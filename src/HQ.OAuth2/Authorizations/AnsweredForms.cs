namespace HQ.OAuth2;

/// <summary>
/// Which forms were approved, for as long as a form lives: the row of an approval may be revoked before, and the form must not bring it
/// back. A ticket is written after the row, so a form whose row is there needs no ticket to be recognised.
/// </summary>
internal sealed class AnsweredForms(ITicketStore tickets)
{
    // A form lives for a day, and an answer comes before its end.
    private static readonly TimeSpan keptFor = TimeSpan.FromDays(1);

    /// <summary>Notes that the form with this authorization id was approved. False when it was approved before.</summary>
    public ValueTask<bool> TryNoteAsync(string authorizationId, DateTimeOffset now, CancellationToken ct) =>
        tickets.TryAddAsync("approved:" + authorizationId, "1", now + keptFor, ct);
}
