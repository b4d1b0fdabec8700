using static HQ.OAuth2.OptionRules;

namespace HQ.OAuth2;

/// <summary>The keys of <see cref="HqOAuth2Options"/> that are times.</summary>
internal static class LifetimeOptionTable
{
    private static readonly OptionRule<TimeSpan> fiveYears = AtMost(1830 * Day);

    private static readonly OptionRule<TimeSpan> tenYears = AtMost(3660 * Day);

    private static readonly OptionCaution<TimeSpan> longRefresh = Above(
        Year,
        "a stolen refresh token works for that long if nobody notices the theft"
    );

    public static readonly OptionTable<HqOAuth2Options> Rows = new OptionTable<HqOAuth2Options>()
        .Time(
            "authorizationCodeLifetime",
            o => o.AuthorizationCodeLifetime,
            (o, v) => o.AuthorizationCodeLifetime = v,
            AtMost(10 * Minute),
            Above(5 * Minute, "a stolen code can be used for so long")
        )
        .Time(
            "deviceCodeLifetime",
            o => o.DeviceCodeLifetime,
            (o, v) => o.DeviceCodeLifetime = v,
            AtMost(30 * Minute),
            Above(15 * Minute, "somebody who sends a user the code of another device has so long to talk the user into it (RFC 8628 §5.4)")
        )
        .Time(
            "personalAccessTokenLifetime",
            o => o.PersonalAccessTokenLifetime,
            (o, v) => o.PersonalAccessTokenLifetime = v,
            DayOrMore(Year)
        )
        .Time(
            "accessTokenLifetime",
            o => o.AccessTokenLifetime,
            (o, v) => o.AccessTokenLifetime = v,
            AtMost(90 * Day),
            Above(Hour, "an API that verifies tokens offline accepts a revoked or stolen token for so long")
        )
        .Time("refreshTokenLifetime", o => o.RefreshTokenLifetime, (o, v) => o.RefreshTokenLifetime = v, fiveYears, longRefresh)
        .Time("refreshTokenIdleLifetime", o => o.RefreshTokenIdleLifetime, (o, v) => o.RefreshTokenIdleLifetime = v, fiveYears, longRefresh)
        .Time(
            "publicRefreshTokenLifetime",
            o => o.PublicRefreshTokenLifetime,
            (o, v) => o.PublicRefreshTokenLifetime = v,
            fiveYears,
            longRefresh
        )
        .Time(
            "refreshTokenLeeway",
            o => o.RefreshTokenLeeway,
            (o, v) => o.RefreshTokenLeeway = v,
            NoneOrAtMost(Hour),
            Above(
                5 * Minute,
                "two holders of one refresh token who use it within this time of each other are both served, so a theft is noticed late or not at all (RFC 9700 §4.14.2)"
            )
        )
        .Time(
            "rememberConsentFor",
            o => o.RememberConsentFor,
            (o, v) => o.RememberConsentFor = v,
            NoneOrAtMost(1830 * Day),
            Above(Year, "users are not asked again for so long")
        )
        .Time(
            "signingKeyLifetime",
            o => o.SigningKeyLifetime,
            (o, v) => o.SigningKeyLifetime = v,
            fiveYears,
            Above(Year, "a signing key that was stolen signs tokens for so long")
        )
        .Time("signingKeyLeadTime", o => o.SigningKeyLeadTime, (o, v) => o.SigningKeyLeadTime = v, AtMost(365 * Day))
        .Time("cacheKeysFor", o => o.CacheKeysFor, (o, v) => o.CacheKeysFor = v, AtMost(Day))
        .Time(
            "cacheClientsFor",
            o => o.CacheClientsFor,
            (o, v) => o.CacheClientsFor = v,
            NoneOrAtMost(Hour),
            Above(5 * Minute, "a client that was disabled or changed at another node keeps its old state here for that long")
        )
        .Time(
            "pruneEvery",
            o => o.PruneEvery,
            (o, v) => o.PruneEvery = v,
            NoneOrAtMost(7 * Day),
            Being(TimeSpan.Zero, "what has expired is never removed, so the stores grow without limit")
        )
        .Time("unusedClientLifetime", o => o.UnusedClientLifetime, (o, v) => o.UnusedClientLifetime = v, tenYears)
        .Time("neverApprovedClientLifetime", o => o.NeverApprovedClientLifetime, (o, v) => o.NeverApprovedClientLifetime = v, tenYears);
}
