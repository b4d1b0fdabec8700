namespace HQ.OAuth2;

/// <summary>What the proof of one request must say (RFC 9449 §4.3), and how its refusal is called where it was sent.</summary>
internal sealed record ProofDemand
{
    /// <summary>The method of the request.</summary>
    public required string Method { get; init; }

    /// <summary>The addresses that the request may have had for its sender, in the form of <see cref="ProofTarget"/>.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>The algorithms by which it may be signed.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = DpopProofs.Algorithms;

    /// <summary>The refusal with a problem in words that follow "The DPoP proof is not valid:".</summary>
    public required Func<string, OAuthError> Refuse { get; init; }

    /// <summary>The nonces of which the proof has one, else it is <see cref="OAuthError.UseNonce"/>; null = it needs none.</summary>
    public IReadOnlyList<string>? Nonces { get; init; }

    /// <summary>The access token that is sent with the proof; null at the endpoints of the authorization server.</summary>
    public string? AccessToken { get; init; }

    /// <summary>The thumbprint of the key that must have signed it; null = any key.</summary>
    public string? Thumbprint { get; init; }

    // A record prints its members; this one must not print the token.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("Method = ").Append(Method);
        return true;
    }
}
