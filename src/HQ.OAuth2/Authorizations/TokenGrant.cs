namespace HQ.OAuth2;

/// <summary>The result of a redeemed code or a refresh. Only the signing is left.</summary>
/// <param name="Authorization">The row as it is now.</param>
/// <param name="Scope">The scope of the access token.</param>
/// <param name="Audience">The audience of the access token.</param>
/// <param name="RefreshToken">The live refresh token; null when the client gets none.</param>
internal sealed record TokenGrant(OAuthAuthorization Authorization, ScopeSet Scope, string[] Audience, RefreshToken? RefreshToken);
