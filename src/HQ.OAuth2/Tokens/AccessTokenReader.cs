using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace HQ.OAuth2;

/// <summary>Reads access tokens of this server: spelling, signature, type and times (RFC 9068 §4). Nothing is looked up but keys.</summary>
internal sealed class AccessTokenReader(TokenKeys keys, ServerSettings settings, TimeProvider time)
{
    private const int MaxVerified = 10_000;
    private const long MaxSeconds = 253_402_300_799;

    private static readonly JsonWebTokenHandler handler = new();

    private readonly KeyedHash names = new();
    private readonly BoundedCache<VerifiedToken> verified = new(MaxVerified, settings.Options.AccessTokenLifetime);
    private long verifications;

    /// <summary>The number of tokens whose signature this process has verified.</summary>
    public long Verifications => Interlocked.Read(ref verifications);

    /// <summary>The token; null when it is malformed, not of this server, expired or not valid yet.</summary>
    public async ValueTask<AccessToken?> ReadAsync(string text, CancellationToken ct)
    {
        if (!IsInOneSpelling(text))
            return null;
        // A signature is verified once, as long as its key is published.
        var now = time.GetUtcNow();
        var key = names.Of(text);
        var ring = await keys.CurrentAsync(ct);
        if (!verified.TryGet(key, now, out var known) || !ring.Knows(known.KeyId))
        {
            known = await VerifyAsync(text, ring, ct);
            if (known is null || !known.IsValidAt(now))
                return null;
            verified.Set(key, known, now);
        }

        return known.IsValidAt(now) ? known.Token : null;
    }

    private async ValueTask<VerifiedToken?> VerifyAsync(string text, KeyRing ring, CancellationToken ct)
    {
        Interlocked.Increment(ref verifications);
        var result = await ValidateAsync(text, ring);
        // Another node may have made a key that this node does not know yet: read the store again (RFC 7517 §4.5, §5).
        if (!result.IsValid && MayBeOfANewKey(text, ring))
            result = await ValidateAsync(text, await keys.LookAgainAsync(ct));
        if (result is not { IsValid: true, SecurityToken: JsonWebToken outer })
            return null;

        // Refuse a token with a "crit" header: no extension is understood here, and the library does not check it (RFC 7515 §4.1.11).
        var jwt = outer.InnerToken ?? outer;
        return HasExtension(outer) || HasExtension(jwt) ? null : Read(jwt);
    }

    // The library accepts padding, spare bits and, in an encrypted token, any encrypted key beside "dir". We accept one spelling: three
    // parts of base64url (RFC 7515 §7.1), or five of which the second is empty (RFC 7516 §7.1, §5.2 step 10).
    private static bool IsInOneSpelling(string text)
    {
        if (text.Length > AccessToken.MaxLength)
            return false;
        var all = text.AsSpan();
        var dots = all.Count('.');
        if (dots is not (2 or 4))
            return false;
        var index = 0;
        foreach (var range in all.Split('.'))
        {
            var part = all[range];
            if (part.IsEmpty != (dots == 4 && index == 1) || !Base64UrlText.IsCanonical(part))
                return false;
            index++;
        }

        return true;
    }

    private Task<TokenValidationResult> ValidateAsync(string text, KeyRing ring) =>
        handler.ValidateTokenAsync(
            text,
            new TokenValidationParameters
            {
                ValidIssuer = settings.Options.IssuerURL,
                ValidTypes = [AccessToken.Type],
                ValidAlgorithms = [.. SigningKey.Algorithms, EncryptionKey.KeyManagement, EncryptionKey.ContentEncryption],
                IssuerSigningKeys = ring.Verification,
                TokenDecryptionKeys = ring.Decryption,
                // The caller checks the audience. IsValidAt checks the times, with the injected clock.
                ValidateAudience = false,
                ValidateLifetime = false,
            }
        );

    // The key that signed an encrypted token cannot be seen, so it may be a new one.
    private static bool MayBeOfANewKey(string text, KeyRing ring)
    {
        try
        {
            var jwt = handler.ReadJsonWebToken(text);
            return jwt.IsEncrypted || !ring.Knows(jwt.Kid);
        }
        catch (Exception)
        {
            // A header that the library cannot read names no key.
            return false;
        }
    }

    private static bool HasExtension(JsonWebToken jwt) => jwt.TryGetHeaderValue<object>("crit", out _);

    private static VerifiedToken? Read(JsonWebToken jwt)
    {
        if (
            !jwt.TryGetPayloadValue<long>("exp", out var exp)
            || !jwt.TryGetPayloadValue<long>("nbf", out var nbf)
            || !jwt.TryGetPayloadValue<long>("iat", out var iat)
            || !jwt.TryGetPayloadValue<string>("client_id", out var clientId)
            || !jwt.TryGetPayloadValue<string>("scope", out var scopeText)
            || ScopeSet.Parse(scopeText).Failed(out _, out var scope)
            // Not by the library's properties, which are empty texts for a claim that is absent.
            || !jwt.TryGetPayloadValue<string>("sub", out var subject)
            || !jwt.TryGetPayloadValue<string>("jti", out var jwtId)
            || subject is "" or null
            || jwtId is "" or null
            || !IsTime(exp)
            || !IsTime(nbf)
            || !IsTime(iat)
            || !TryReadKey(jwt, out var boundTo)
        )
            return null;
        var token = new AccessToken
        {
            Subject = subject,
            ClientId = clientId,
            Audience = [.. jwt.Audiences],
            Scope = scope,
            JwtId = jwtId,
            IssuedAt = DateTimeOffset.FromUnixTimeSeconds(iat),
            ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(exp),
            SignedInAt =
                jwt.TryGetPayloadValue<long>(AccessToken.SignInTimeClaim, out var signedIn) && IsTime(signedIn)
                    ? DateTimeOffset.FromUnixTimeSeconds(signedIn)
                    : null,
            Context = jwt.TryGetPayloadValue<string>(AccessToken.ContextClaim, out var context) ? context : null,
            Key = boundTo,
            AuthorizationId = jwt.TryGetPayloadValue<string>(AccessToken.AuthorizationClaim, out var id) ? id : null,
        };
        return new(token, DateTimeOffset.FromUnixTimeSeconds(nbf), jwt.Kid);
    }

    // The years that a DateTimeOffset has.
    private static bool IsTime(long seconds) => seconds is >= 0 and <= MaxSeconds;

    // A token that is bound to something else than a key is none of ours: it must not pass for a bearer token.
    private static bool TryReadKey(JsonWebToken jwt, out string? key)
    {
        key = null;
        if (!jwt.TryGetPayloadValue<object>(Confirmation.Claim, out _))
            return true;
        // The library gives an object as JSON; anything else is no confirmation.
        key = jwt.TryGetPayloadValue<JsonElement>(Confirmation.Claim, out var confirmation) ? Confirmation.Read(confirmation) : null;
        return key is not null;
    }

    /// <summary>A token whose signature was right.</summary>
    /// <param name="Token">The token.</param>
    /// <param name="NotBefore">From when on it may be used.</param>
    /// <param name="KeyId">The key that signed it.</param>
    private sealed record VerifiedToken(AccessToken Token, DateTimeOffset NotBefore, string KeyId)
    {
        public bool IsValidAt(DateTimeOffset now) => NotBefore <= now && now < Token.ExpiresAt;
    }
}
