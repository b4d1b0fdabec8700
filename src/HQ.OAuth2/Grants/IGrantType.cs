namespace HQ.OAuth2;

/// <summary>One <c>grant_type</c> of the token endpoint (RFC 6749 §4). Hosts add extension grants (§4.5), named by an absolute URI.</summary>
public interface IGrantType
{
    /// <summary>The value of <c>grant_type</c>.</summary>
    string GrantType { get; }

    /// <summary>
    /// Answers a request of an authenticated client that may use this grant: a token from <see cref="TokenIssuer"/>, or the error that
    /// the grant's standard names.
    /// </summary>
    ValueTask<Outcome<TokenResponse>> ExchangeAsync(TokenRequest request, CancellationToken ct);
}
