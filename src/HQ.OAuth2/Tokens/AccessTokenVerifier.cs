using System.Diagnostics.CodeAnalysis;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace HQ.OAuth2;

/// <summary>Whether an access token of ours counts now: signature and times (RFC 9068 §4), then its client and its row.</summary>
internal sealed class AccessTokenVerifier(
    TokenKeys keys,
    AuthorizationLoop authorizations,
    ClientDirectory clients,
    ITicketStore tickets,
    ServerSettings settings,
    TimeProvider time
)
{
    private static readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };

    /// <summary>The token, or null for whatever reason: unknown, malformed, expired, revoked, of a client that is gone.</summary>
    public async ValueTask<AccessToken?> VerifyAsync(string text, CancellationToken ct)
    {
        if (await ReadAsync(text, ct) is not { } token || await clients.RecallAsync(token.ClientId, ct) is not { } client)
            return null;

        // A row: as long as it is there, and of this registration of the client.
        if (token.AuthorizationId is { } id)
            return await authorizations.FindAsync(id, ct) is { } row && row.IsOf(client) && row.Subject == token.Subject ? token : null;

        // No row: as long as the client is the one it was issued to, and nobody revoked it.
        return
            token.IssuedAt.ToUnixTimeSeconds() >= client.CreatedAt.ToUnixTimeSeconds() && await tickets.FindAsync(Ticket(token), ct) is null
            ? token
            : null;
    }

    /// <summary>Revokes a token that has no row, until it would have ended anyway. Once begun it does not follow the caller's connection.</summary>
    public async ValueTask RevokeAsync(AccessToken token) =>
        await tickets.TryAddAsync(Ticket(token), "", token.ExpiresAt, CancellationToken.None);

    private static string Ticket(AccessToken token) => "revoked:" + token.JwtId;

    private async ValueTask<AccessToken?> ReadAsync(string text, CancellationToken ct)
    {
        if (!IsInOneSpelling(text))
            return null;
        var result = await ValidateAsync(text, await keys.CurrentAsync(ct));
        // RFC 7517 §4.5, §5: a key that this node does not know yet may have been made at another.
        if (!result.IsValid && await MayBeOfANewKeyAsync(text, ct))
            result = await ValidateAsync(text, await keys.LookAgainAsync(ct));
        if (result is not { IsValid: true, SecurityToken: JsonWebToken outer })
            return null;

        // RFC 7515 §4.1.11: an extension that must be understood is not, and the library does not look.
        var jwt = outer.InnerToken ?? outer;
        return !HasExtension(outer) && !HasExtension(jwt) && TryRead(jwt, out var token) ? token : null;
    }

    // The library accepts padding, spare bits and, in an encrypted token, any encrypted key beside "dir". A token has one spelling: three
    // parts of base64url (RFC 7515 §7.1), or five of which the second is empty (RFC 7516 §7.1, §5.2 step 10).
    private static bool IsInOneSpelling(string text)
    {
        if (text.Length > AccessToken.MaxLength)
            return false;
        var parts = text.Split('.', 6);
        return parts.Length is 3 or 5
            && parts.Index().All(p => (p.Item.Length == 0) == (parts.Length == 5 && p.Index == 1) && Base64UrlText.IsCanonical(p.Item));
    }

    private async ValueTask<TokenValidationResult> ValidateAsync(string text, KeyRing ring)
    {
        try
        {
            return await handler.ValidateTokenAsync(
                text,
                new TokenValidationParameters
                {
                    ValidIssuer = settings.Options.IssuerURL,
                    ValidTypes = [AccessToken.Type],
                    ValidAlgorithms = [.. SigningKey.Algorithms, EncryptionKey.KeyManagement, EncryptionKey.ContentEncryption],
                    IssuerSigningKeys = ring.Verification,
                    TokenDecryptionKeys = ring.Decryption,
                    // Who may use it is for the caller to say; when it ends, for the injected clock.
                    ValidateAudience = false,
                    ValidateLifetime = false,
                }
            );
        }
        catch (Exception e)
        {
            // Nothing in here reads a store. The library throws at some malformed tokens instead of refusing them.
            return new() { IsValid = false, Exception = e };
        }
    }

    // An encrypted token hides which key signed it.
    private async ValueTask<bool> MayBeOfANewKeyAsync(string text, CancellationToken ct)
    {
        var ring = await keys.CurrentAsync(ct);
        try
        {
            var jwt = handler.ReadJsonWebToken(text);
            return jwt.IsEncrypted || !ring.Knows(jwt.Kid);
        }
        catch (Exception)
        {
            // As above: a header that the library cannot read names no key.
            return false;
        }
    }

    private static bool HasExtension(JsonWebToken jwt) => jwt.TryGetHeaderValue<object>("crit", out _);

    private bool TryRead(JsonWebToken jwt, [NotNullWhen(true)] out AccessToken? token)
    {
        token = null;
        var now = time.GetUtcNow();
        if (
            !jwt.TryGetPayloadValue<long>("exp", out var exp)
            || !jwt.TryGetPayloadValue<long>("nbf", out var nbf)
            || !jwt.TryGetPayloadValue<long>("iat", out var iat)
            || now >= DateTimeOffset.FromUnixTimeSeconds(exp)
            || now < DateTimeOffset.FromUnixTimeSeconds(nbf)
            || !jwt.TryGetPayloadValue<string>("client_id", out var clientId)
            || !jwt.TryGetPayloadValue<string>("scope", out var scopeText)
            || ScopeSet.Parse(scopeText).Failed(out _, out var scope)
            || jwt.Subject is not { } subject
            || jwt.Id is not { } jwtId
        )
            return false;
        token = new()
        {
            Subject = subject,
            ClientId = clientId,
            Audience = [.. jwt.Audiences],
            Scope = scope,
            JwtId = jwtId,
            IssuedAt = DateTimeOffset.FromUnixTimeSeconds(iat),
            ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(exp),
            SignedInAt = jwt.TryGetPayloadValue<long>(AccessToken.SignInTimeClaim, out var signedIn)
                ? DateTimeOffset.FromUnixTimeSeconds(signedIn)
                : null,
            AuthorizationId = jwt.TryGetPayloadValue<string>(AccessToken.AuthorizationClaim, out var id) ? id : null,
        };
        return true;
    }
}
