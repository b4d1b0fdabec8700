namespace HQ.OAuth2;

/// <summary>Checks what a request brings to prove which client it comes from: a right proof is never limited, a wrong one is (RFC 6749 §2.3.1).</summary>
internal sealed class ProofCheck(RequestLimits limits)
{
    /// <returns>Null when the proof is right; <c>invalid_client</c>, or that there were too many.</returns>
    public async ValueTask<OAuthError?> CheckAsync(ClientProof proof, Client client, string? address, CancellationToken ct)
    {
        if (await proof.IsKnownAsync(client, ct))
            return null;

        // The place is taken before the slow check, so that guesses sent all at once are no more than guesses sent one by one. A caller who
        // disconnects while waiting was not told anything: the place is free again.
        if (limits.TryGuess(client.ClientId, address).Failed(out var refused, out var guess))
            // The requests that hold the places may be checking this very secret.
            return await proof.IsKnownAsync(client, ct) ? null : refused;
        using (guess)
        {
            if (await proof.IsOfAsync(client, ct))
                return null;
            guess.WasWrong();
            return OAuthError.InvalidClient.Because("the credentials are wrong or expired");
        }
    }
}
