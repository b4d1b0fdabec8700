namespace HQ.OAuth2;

/// <summary>Checks the proof of which client a request comes from: a right proof is never limited, a wrong one is (RFC 6749 §2.3.1).</summary>
internal sealed class ProofCheck(RequestLimits limits)
{
    /// <returns>Null when the proof is right; <c>invalid_client</c>, or that there were too many.</returns>
    public async ValueTask<OAuthError?> CheckAsync(ClientProof proof, Client client, string? address, CancellationToken ct)
    {
        if (await proof.IsKnownAsync(client, ct))
            return null;

        // Take the place before the slow check: guesses sent in parallel then get no more tries than guesses sent one by one. A caller who
        // disconnects while waiting got no answer, so its place becomes free again.
        if (limits.TryGuess(client.ClientId, address, proof.IsSlow).Failed(out var refused, out var guess))
            // The requests that hold the places may be checking the same secret.
            return await proof.IsKnownAsync(client, ct) ? null : refused;
        using (guess)
        {
            var error = await proof.CheckAsync(client, ct);
            if (error?.Code == OAuthError.InvalidClient.Code)
                guess.WasWrong();
            return error;
        }
    }

    /// <summary>
    /// Does the work of a wrong secret for a client that does not exist or uses no secret, so that the time of the answer does not tell which
    /// clients exist. Beyond the limit of the address it does nothing: the answer stays the same, since a client that was removed must learn that
    /// it is unknown.
    /// </summary>
    public async ValueTask SpendAsync(ClientProof proof, string? address, CancellationToken ct)
    {
        if (proof is not SecretProof { IsEmpty: false } secret || limits.TryGuessAtNobody(address) is not { } guess)
            return;
        using (guess)
        {
            await secret.IsOfNobodyAsync(ct);
            guess.WasWrong();
        }
    }
}
