namespace HQ.OAuth2;

/// <summary>The token request for an authorization code.</summary>
internal sealed record CodeRedemption
{
    public required AuthorizationCode Code { get; init; }
    public required Client Client { get; init; }
    public required string? RedirectUri { get; init; }
    public required string? Verifier { get; init; }
    public required IReadOnlyList<string> Resources { get; init; }
    public required DateTimeOffset Now { get; init; }

    /// <summary>The thumbprint of the key that the request proves (RFC 9449 §5); null = it has no proof.</summary>
    public string? Key { get; init; }

    /// <summary>Whether a device code is redeemed (RFC 8628 §3.4), which has no redirect URI and no verifier.</summary>
    public bool IsDevice { get; init; }

    // A record prints its members; this one must not print the verifier.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("Code = ").Append(Code);
        return true;
    }
}
