namespace HQ.OAuth2;

/// <summary>
/// Remembers the approved consent forms for as long as a form lives: the row of an approval may be revoked before, and the form must not
/// bring it back. The ticket is written after the row, so a form whose row still exists is recognised without a ticket.
/// </summary>
internal sealed class AnsweredForms(ITicketStore tickets)
{
    /// <summary>The lifetime of a form: enough to sign in and decide.</summary>
    internal static readonly TimeSpan FormLife = TimeSpan.FromDays(1);

    /// <summary>Records that the form with this authorization id was approved. False when it was approved before.</summary>
    public ValueTask<bool> TryRecordApprovalAsync(string authorizationId, DateTimeOffset now) =>
        tickets.TryAddAsync("approved:" + authorizationId, "1", now + FormLife, CancellationToken.None);
}
