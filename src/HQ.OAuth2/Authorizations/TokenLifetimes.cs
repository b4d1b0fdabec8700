namespace HQ.OAuth2;

/// <summary>The lifetimes of one client's tokens, and the leeway for a retry of a spent refresh token.</summary>
internal sealed record TokenLifetimes(TimeSpan AccessToken, TimeSpan RefreshToken, TimeSpan RefreshTokenIdle, TimeSpan Leeway)
{
    /// <summary>
    /// Whether each refresh replaces the refresh token. FAPI 2.0 §5.3.2.1 forbids it: the client proves itself by its key, so a stolen token is of
    /// no use, and a client that loses an answer keeps what it has.
    /// </summary>
    public bool Rotates { get; init; } = true;

    /// <summary>The lifetimes for a client. The refresh chain of a public client ends sooner (OAuth 2.1 §2.4).</summary>
    public static TokenLifetimes Of(Client client, HqOAuth2Options options) =>
        new(
            options.AccessTokenLifetime,
            client.ProvesItself ? options.RefreshTokenLifetime : options.PublicRefreshTokenLifetime,
            options.RefreshTokenIdleLifetime,
            options.RefreshTokenLeeway
        )
        {
            Rotates = options.Profile != SecurityProfile.Fapi2 || !client.ProvesItself,
        };
}
