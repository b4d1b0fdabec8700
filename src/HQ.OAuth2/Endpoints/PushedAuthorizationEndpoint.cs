using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>The pushed authorization request endpoint (RFC 9126 §2): a client sends its authorization request directly, and gets a reference.</summary>
internal sealed class PushedAuthorizationEndpoint(
    ClientAuthenticator clients,
    AuthorizeEndpoint authorize,
    PushedRequests requests,
    RequestProofs proofs,
    RequestLimits limits
)
{
    public async ValueTask<Outcome<PushedAuthorizationResponse>> HandleAsync(OAuthRequest request, CancellationToken ct)
    {
        // §2: as at the token endpoint, no parameter is sent twice, and none in the URI.
        if (request.Malformed() is { } malformed)
            return malformed;

        // §2.1 step 1: the client authenticates as at the token endpoint; a public client sends its client_id.
        if ((await clients.AuthenticateAsync(request, ct)).Failed(out var unauthenticated, out var client))
            return unauthenticated;
        // §2.3: anybody can call as a public client, or register a client first, and each call is a write.
        if ((!client.ProvesItself || client.Provenance == ClientProvenance.Dcr) && !limits.TryPush(request.RemoteAddress))
            return OAuthError.TooManyRequests.Because("limits:pushedRequestsPerMinute is reached for this address");

        // §2.1 step 2: a pushed request does not refer to another one.
        if (request.Parameters[PushedRequests.Parameter] is not null)
            return OAuthError.MalformedParameter(PushedRequests.Parameter);

        // §2.1 step 3: the rules of the authorization endpoint hold.
        if (authorize.Check(request.Parameters, client, isPushed: true).Refusal is { } error)
            return error;
        // RFC 9449 §10.1: a proof binds the code to its key, as dpop_jkt does.
        if ((await proofs.PushKeyAsync(request, ct)).Failed(out var unproved, out var key))
            return unproved;
        var kept = PushedRequests.Kept(request.Parameters, key.Thumbprint);
        if (kept.QueryLength > PushedRequests.MaxLength)
            return OAuthError.RequestTooLarge;

        return new PushedAuthorizationResponse(await requests.AddAsync(kept, ct), (long)PushedRequests.Lifetime.TotalSeconds);
    }
}

/// <summary>The answer to a pushed request (RFC 9126 §2.2).</summary>
internal sealed record PushedAuthorizationResponse(
    [property: JsonPropertyName("request_uri")] string RequestUri,
    [property: JsonPropertyName("expires_in")] long ExpiresIn
);
