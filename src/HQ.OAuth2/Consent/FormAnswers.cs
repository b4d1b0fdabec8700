using System.Security.Cryptography;

namespace HQ.OAuth2;

/// <summary>
/// Adds the authorization of an answer, once for each form: a form posted many times gives one code. A ticket notes which forms were
/// approved for as long as a form counts, because the row of an approval may be revoked before, and the form must not bring it back.
/// </summary>
internal sealed class FormAnswers(AuthorizationLoop authorizations, ITicketStore tickets, ConsentIndex consents)
{
    /// <summary>How long a form counts: nobody takes longer to sign in and decide.</summary>
    public static readonly TimeSpan FormLife = TimeSpan.FromDays(1);

    /// <summary>Adds the row of an answer that came by a form, or by a remembered consent.</summary>
    /// <returns>
    /// True when it was added, false when the same answer added it before; <see cref="OAuthError.AlreadyAnswered"/> for a form whose code
    /// is spent.
    /// </returns>
    public async ValueTask<Outcome<bool>> TryAddAsync(OAuthAuthorization answer, bool isForm)
    {
        // A form posted twice finds the row of its first answer under the id that it carries. Row and note do not follow the caller's
        // connection: a row without its note could come back after it was revoked.
        var stored = await authorizations.AddAsync(answer, CancellationToken.None);
        if (stored.WriteId != answer.WriteId)
            return IsSameAnswer(stored, answer)
                ? false
                : OAuthError.AlreadyAnswered.Because("the code of this form is redeemed or expired, or was issued for another answer");
        if (isForm && !await IsFirstAsync(answer))
            return OAuthError.AlreadyAnswered.Because("the authorization that this form gave was revoked");
        if (answer.Consent is not null)
            await consents.NoteAsync(answer);
        return true;
    }

    /// <inheritdoc cref="PushedRequests.ClaimAsync"/>
    public ValueTask<OAuthError?> ClaimAsync(PushedRequest pushed, string authorizationId) =>
        PushedRequests.ClaimAsync(tickets, pushed, authorizationId);

    /// <summary>Whether a form was answered by this row, which may be gone by now.</summary>
    public async ValueTask<bool> WasGivenAsync(string id, CancellationToken ct) => await tickets.FindAsync(Key(id), ct) is not null;

    private static string Key(string id) => "approved:" + id;

    // False when there was an answer before, and its row is gone: what was revoked stays revoked. The note is written after the row, so a
    // form whose row is there needs none to be recognised.
    private async ValueTask<bool> IsFirstAsync(OAuthAuthorization answer)
    {
        var isFirst = false;
        try
        {
            return isFirst = await TryNoteAsync(answer);
        }
        finally
        {
            // Also when the note fails: a row without it could come back after it was revoked.
            if (!isFirst)
                await authorizations.RemoveAsync(answer.Id);
        }
    }

    // A connection that broke during the commit says nothing about the commit: if the note is ours, it counts.
    private async ValueTask<bool> TryNoteAsync(OAuthAuthorization answer)
    {
        try
        {
            return await tickets.TryAddAsync(Key(answer.Id), answer.WriteId, answer.IssuedAt + FormLife, CancellationToken.None);
        }
        catch (Exception)
        {
            if (await tickets.FindAsync(Key(answer.Id), CancellationToken.None) == answer.WriteId)
                return true;
            throw;
        }
    }

    // The handle binds the code to the request; who answered is compared too. A code that cannot be redeemed is not sent again: the client
    // would redeem it, and a replay ends what the first use got (OAuth 2.1 §7.5.2).
    private static bool IsSameAnswer(OAuthAuthorization stored, OAuthAuthorization answer) =>
        stored.Subject == answer.Subject
        && stored.ClientId == answer.ClientId
        && stored.Organization == answer.Organization
        && stored.Scope.Equals(answer.Scope)
        && stored.ClientCreatedAt.ToUnixTimeMilliseconds() == answer.ClientCreatedAt.ToUnixTimeMilliseconds()
        && CryptographicOperations.FixedTimeEquals(stored.Code.Hash, answer.Code.Hash)
        && stored.IsSamePersonalToken(answer)
        && stored.Code.RedeemedAt is null
        && answer.IssuedAt < stored.Code.ExpiresAt;
}
