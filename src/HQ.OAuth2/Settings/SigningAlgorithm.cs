namespace HQ.OAuth2;

/// <summary>What access tokens are signed with (RFC 7518 §3.1).</summary>
public enum SigningAlgorithm
{
    /// <summary>ECDSA on P-256: short tokens, fast to make.</summary>
    ES256,

    /// <summary>RSA with 2048 bits: for APIs whose library reads nothing else (RFC 9068 §2.1 wants every one to read it).</summary>
    RS256,
}
