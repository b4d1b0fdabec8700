using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>
/// Replaces the hash that another server made of a client secret by a bcrypt hash, at the first right use
/// (docs/decisions/012-secrets-of-other-servers.md).
/// </summary>
internal sealed class SecretReplacement(ClientLoop clients, TimeProvider time, ILogger<SecretReplacement> logger)
{
    /// <summary>
    /// To be called when the proof was right. Best effort: the next use tries again, and the answer waits only for a limited time.
    /// </summary>
    public async ValueTask ReplaceInPassingAsync(Client client, ClientProof proof)
    {
        if (proof is not SecretProof secret || !clients.CanChange(client.ClientId))
            return;
        if (client.Secrets.Any(s => ForeignHash.TryParse(s.Hash) is not null))
            await Patience.WaitAsync(() => ReplaceAsync(client, secret), time);
    }

    private async Task ReplaceAsync(Client client, SecretProof proof)
    {
        try
        {
            if (await proof.RehashAsync(client, CancellationToken.None) is not var (old, made))
                return;
            // The swap takes what is stored at that moment: a secret that an administrator has removed does not come back.
            var outcome = await clients.ChangeAsync(
                client.ClientId,
                null,
                stored => new(Replaced(stored, old, made)),
                CancellationToken.None
            );
            if (!outcome.Failed(out _, out _))
                logger.SecretRehashed(client.ClientId);
        }
        catch (Exception e)
        {
            logger.SecretNotRehashed(e, client.ClientId);
        }
    }

    private static Outcome<RegisteredClient> Replaced(Client stored, ClientSecret old, ClientSecret made)
    {
        if (stored.Secrets.All(s => s.Hash != old.Hash))
            return OAuthError.NotFound;
        // Its end counts as it is stored.
        ClientSecret[] secrets =
        [
            .. stored.Secrets.Select(s => s.Hash == old.Hash ? new ClientSecret { Hash = made.Hash, ExpiresAt = s.ExpiresAt } : s),
        ];
        return new RegisteredClient(stored with { Secrets = secrets }, null);
    }
}
