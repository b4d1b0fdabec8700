namespace HQ.OAuth2;

/// <summary>How long what a client gets lives.</summary>
internal sealed record TokenLifetimes(TimeSpan AccessToken, TimeSpan RefreshToken, TimeSpan RefreshTokenIdle, TimeSpan Leeway)
{
    /// <summary>A public client's chain ends sooner (OAuth 2.1 §2.4).</summary>
    public static TokenLifetimes Of(Client client, HqOAuth2Options options) =>
        new(
            options.AccessTokenLifetime,
            client.ProvesItself ? options.RefreshTokenLifetime : options.PublicRefreshTokenLifetime,
            options.RefreshTokenIdleLifetime,
            options.RefreshTokenLeeway
        );
}
