namespace HQ.OAuth2;

// RFC 9449: proofs of possession.
public sealed partial record OAuthError
{
    private const string Invalid = "The DPoP proof is not valid: ";

    /// <summary>A proof that an endpoint of the authorization server refuses (§5).</summary>
    /// <param name="problem">The problem, without any part of the proof.</param>
    internal static OAuthError InvalidProof(string problem) => new(1110, "invalid_dpop_proof", Invalid + problem);

    /// <summary>A proof without a nonce of this server, or with an old one (§8).</summary>
    internal static OAuthError UseNonce { get; } =
        new(1111, "use_dpop_nonce", "Send the request again, with a new proof that has the nonce of the DPoP-Nonce header.");

    /// <summary>The client, the refresh token or the resource demands a proof, and there is none (§5, §5.2).</summary>
    internal static OAuthError ProofMissing { get; } =
        new(1112, "invalid_dpop_proof", "This request needs a DPoP proof, in the DPoP header.");

    /// <summary>A proof that an API refuses (§7.1).</summary>
    /// <param name="problem">The problem, without any part of the proof.</param>
    internal static OAuthError InvalidProofAtApi(string problem) => new(1113, "invalid_dpop_proof", Invalid + problem, 401);
}
