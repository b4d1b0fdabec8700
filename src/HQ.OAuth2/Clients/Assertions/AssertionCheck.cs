namespace HQ.OAuth2;

/// <summary>Checks the assertion of a client. Its use is noted last: what is wrong spends nothing.</summary>
internal sealed class AssertionCheck(ClientKeys keys, ITicketStore tickets, ServerSettings settings, TimeProvider time)
{
    /// <param name="assertion">The assertion, which names the client.</param>
    /// <param name="client">The client.</param>
    /// <param name="mayFetch">Whether its keys may be fetched for it.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when it is right, and then it is spent; <c>invalid_client</c>; or that the keys cannot be had now.</returns>
    public async ValueTask<OAuthError?> CheckAsync(ClientAssertion assertion, Client client, bool mayFetch, CancellationToken ct)
    {
        // RFC 7523 §3, items 1 to 7: what can be told without a key.
        if (assertion.Problem(client, settings, time.GetUtcNow()) is { } problem)
            return OAuthError.InvalidClient.Because(problem);

        // Item 9: the signature, by the one key that the header names among those of this client. A key in the header itself says nothing.
        if ((await keys.FindAsync(client, assertion.Jwt, mayFetch, ct)).Failed(out var error, out var key))
            return error;
        if (!assertion.Jwt.IsSignedBy(key))
            return OAuthError.InvalidClient.Because("the signature of the assertion is wrong");

        // Item 7: once, at whichever node. Of parallel requests one gets it.
        return await tickets.TryAddAsync(assertion.TicketKey(), "", assertion.UsedUntil(), ct)
            ? null
            : OAuthError.InvalidClient.Because("the assertion was used before: make one for each request");
    }
}
