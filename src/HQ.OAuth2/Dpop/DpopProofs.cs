using System.Security.Cryptography;
using System.Text;

namespace HQ.OAuth2;

/// <summary>
/// Checks DPoP proofs (RFC 9449 §4.3), and remembers in this process which ones were used. Proofs that were sent to the authorization server and
/// those that were sent to an API are remembered apart, so that nobody makes the one forget by proofs for the other.
/// </summary>
internal sealed class DpopProofs
{
    /// <summary>The algorithms of proofs.</summary>
    public static IReadOnlyList<string> Algorithms => PublicJwk.Verified;

    public const string Type = "dpop+jwt";

    /// <summary>How old a proof may be.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    /// <summary>How far the clock of a client may be ahead.</summary>
    public static readonly TimeSpan MaxAhead = TimeSpan.FromSeconds(5);

    private const int MaxIdLength = 512;
    private const int MaxRemembered = 100_000;

    // From the moment at which a proof is accepted first to the one at which it is accepted last, with a second for fractions.
    private readonly BoundedCache<bool> used = new(MaxRemembered, MaxAge + MaxAhead + TimeSpan.FromSeconds(1));

    private long verifications;

    /// <summary>The number of signatures that were verified here.</summary>
    public long Verifications => Interlocked.Read(ref verifications);

    /// <summary>The key of the one proof of a request, or why it is not accepted.</summary>
    /// <param name="headers">The values of the DPoP header.</param>
    /// <param name="demand">What the proof must say.</param>
    public Outcome<ProvenKey> Check(IReadOnlyList<string> headers, ProofDemand demand)
    {
        // The checks of §4.3, in an order in which the signature is verified only when everything else is right:
        // 1. There is one DPoP header, with one signed JWT of an asymmetric algorithm and of the type dpop+jwt.
        // 2. Its header has a public key that fits the algorithm.
        // 3. It has the claims jti, htm, htu and iat, and they are those of this request and this time.
        // 4. It has the hash of the access token, where one is sent.
        // 5. It has a nonce of this server, where one is demanded.
        // 6. The key signed it, and is the one that the token is bound to.
        // 7. It was not used before. This is last, so that only proofs of their owners are remembered.

        // There is not more than one DPoP header (check 1), and it has one JWT (check 2).
        if (headers is not [var text])
            return demand.Refuse("send one DPoP header");
        if (SignedJwt.Read(text) is not { } jwt || !demand.Algorithms.Contains(jwt.Algorithm))
            return demand.Refuse($"it must be a JWT, signed by {string.Join(", ", demand.Algorithms)}");
        if (jwt.Type != Type)
            return demand.Refuse($"its typ must be {Type}");

        // The key in the header is public, and fits the algorithm (checks 5 and 7).
        if (jwt.Key is not { } jwk)
            return demand.Refuse("its header has no jwk");
        if (!PublicJwk.TryRead(jwk, out var key, out var fault))
            return demand.Refuse($"its jwk has {fault.Text}");
        if (!key.Fits(jwt.Algorithm))
            return demand.Refuse($"its jwk does not fit its alg {jwt.Algorithm}");

        // The claims are there (check 3), and are those of this request (checks 8, 9) and of this time (check 11).
        if (jwt.Text("jti") is not { Length: > 0 and <= MaxIdLength } id)
            return demand.Refuse($"its jti must have 1 to {MaxIdLength} characters");
        if (jwt.Text("htm") != demand.Method)
            return demand.Refuse($"its htm must be {demand.Method}");
        if (
            jwt.Text("htu") is not { } sent
            || ProofTarget.Of(sent) is not { } target
            || !demand.Targets.Contains(target, StringComparer.Ordinal)
        )
            return demand.Refuse($"its htu must be {string.Join(" or ", demand.Targets)}");
        if (!jwt.TryGetTime("iat", out var time) || time is not { } issuedAt)
            return demand.Refuse("its iat must be a time in seconds");
        if (issuedAt < demand.Now - MaxAge || issuedAt > demand.Now + MaxAhead)
            return demand.Refuse(
                $"its iat is more than {MaxAge.TotalSeconds} seconds old or {MaxAhead.TotalSeconds} ahead of the server's clock, which says {demand.Now.ToUnixTimeSeconds()}"
            );

        // The hash of the access token that it is sent with (§7.1).
        if (demand.AccessToken is { } token && jwt.Text("ath") != Hash(token))
            return demand.Refuse("its ath is not the hash of the access token");

        // A nonce that this server made (check 10, §8).
        if (demand.Nonces is { } nonces && !(jwt.Text("nonce") is { } nonce && nonces.Contains(nonce, StringComparer.Ordinal)))
            return OAuthError.UseNonce;

        // The thumbprint is compared first: it costs less.
        var thumbprint = key.Thumbprint();
        if (demand.Thumbprint is { } bound && bound != thumbprint)
            return demand.Refuse("its key is not the one that the token is bound to");
        Interlocked.Increment(ref verifications);
        if (!jwt.IsSignedBy(key))
            return demand.Refuse("its signature is not of its jwk");

        // It was not used before, as far as this process knows (§11.1).
        return used.TryAdd(Name(thumbprint, id), true, demand.Now) ? new ProvenKey(thumbprint) : demand.Refuse("its jti was used before");
    }

    /// <summary>The hash of an access token in a proof (§4.2, ath).</summary>
    public static string Hash(string token) =>
        System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(token)));

    // Two clients may choose one id.
    private static string Name(string thumbprint, string id) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(thumbprint + id)));
}
