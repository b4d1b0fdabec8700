using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>
/// Finds the consents that may be remembered by their keys, so that the cost does not grow with the authorizations that a user has. A ticket
/// for each subject and client names the newest ones. The rows stay the truth: a row that was revoked counts for nothing, and a ticket that
/// is missing only means that the user is asked again.
/// </summary>
internal sealed class ConsentIndex(ITicketStore tickets, AuthorizationLoop authorizations, TimeProvider time, ILogger<ConsentIndex> logger)
{
    // A user who answers differently each time (hosts, scopes, resources) has a few of them.
    private const int MaxNamed = 8;

    /// <summary>The user's newest authorizations of a client that hold a consent, the newest first.</summary>
    public async IAsyncEnumerable<OAuthAuthorization> FindAsync(
        string subject,
        string clientId,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        foreach (var id in Ids(await tickets.FindAsync(Key(subject, clientId), ct)))
        {
            if (await authorizations.FindAsync(id, ct) is { } row && row.Subject == subject && row.ClientId == clientId)
                yield return row;
        }
    }

    /// <summary>
    /// Names an authorization that holds a consent, after it is committed. Best effort: it holds the answer for a while at most, and of two
    /// notes at the same time one may be lost.
    /// </summary>
    public async ValueTask NoteAsync(OAuthAuthorization given)
    {
        if (!await Patience.WaitAsync(() => TryNoteAsync(given), time))
            logger.ConsentNoteNotAwaited(given.Id, Patience.Longest);
    }

    private async Task TryNoteAsync(OAuthAuthorization given)
    {
        try
        {
            var key = Key(given.Subject, given.ClientId);
            var known = await tickets.FindAsync(key, CancellationToken.None);
            var named = string.Join(',', Ids(known).Prepend(given.Id).Take(MaxNamed));
            // The end of a ticket stays as it was made, and this consent may last longer.
            if (known is not null)
                await tickets.TryRemoveAsync(key, CancellationToken.None);
            await tickets.TryAddAsync(key, named, given.Consent!.Until, CancellationToken.None);
        }
        catch (Exception e)
        {
            logger.ConsentNotNoted(e, given.Id);
        }
    }

    private static IEnumerable<string> Ids(string? named) => (named ?? "").Split(',').Where(OAuthAuthorization.IsId);

    private static string Key(string subject, string clientId) =>
        "consent:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{subject}\n{clientId}")));
}
