namespace HQ.OAuth2;

/// <summary>
/// Which forms were approved, for as long as a form lives: the row of an approval may be revoked before, and the form must not bring it
/// back. A ticket is written after the row, so a form whose row is there needs no ticket to be recognised.
/// </summary>
internal sealed class AnsweredForms(ITicketStore tickets)
{
    /// <summary>How long a form counts: nobody takes longer to sign in and decide.</summary>
    internal static readonly TimeSpan FormLife = TimeSpan.FromDays(1);

    /// <summary>Notes that the form with this authorization id was approved. False when it was approved before.</summary>
    public ValueTask<bool> TryNoteAsync(string authorizationId, DateTimeOffset now) =>
        tickets.TryAddAsync("approved:" + authorizationId, "1", now + FormLife, CancellationToken.None);
}
