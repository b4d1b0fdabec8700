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
            await proof.ReplaceForeignAsync(client, (old, rehashAsync) => SwapAsync(client.ClientId, old, rehashAsync));
        }
        catch (Exception e)
        {
            logger.SecretNotRehashed(e, client.ClientId);
        }
    }

    // The swap takes what is stored at that moment: a secret that an administrator has removed, or another node replaced, does not come back.
    private async Task SwapAsync(string clientId, ClientSecret old, Func<Task<ClientSecret>> rehashAsync)
    {
        ClientSecret? made = null;
        var outcome = await clients.ChangeAsync(
            clientId,
            null,
            async stored =>
                stored.Secrets.Any(s => s.Hash == old.Hash)
                    ? new RegisteredClient(Replaced(stored, old, made ??= await rehashAsync()), null)
                    : OAuthError.NotFound,
            CancellationToken.None
        );
        if (!outcome.Failed(out _, out _))
            logger.SecretRehashed(clientId);
    }

    // Its end counts as it is stored.
    private static Client Replaced(Client stored, ClientSecret old, ClientSecret made) =>
        stored with
        {
            Secrets =
            [
                .. stored.Secrets.Select(s => s.Hash == old.Hash ? new ClientSecret { Hash = made.Hash, ExpiresAt = s.ExpiresAt } : s),
            ],
        };
}
