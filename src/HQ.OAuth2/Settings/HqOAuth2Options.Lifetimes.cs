namespace HQ.OAuth2;

// How long things live, and how often something is done.
public sealed partial class HqOAuth2Options
{
    /// <summary>How long a code may be redeemed (RFC 6749 §4.1.2). Default 1 minute.</summary>
    public TimeSpan AuthorizationCodeLifetime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a user has to enter the code of a device and to answer (RFC 8628 §3.2). Default 10 minutes.</summary>
    public TimeSpan DeviceCodeLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a personal access token may live; its user chooses a time up to that. Default 365 days.</summary>
    public TimeSpan PersonalAccessTokenLifetime { get; set; } = TimeSpan.FromDays(365);

    /// <summary>How long an access token lives. Default 15 minutes.</summary>
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>The absolute life of a refresh chain, inherited by each successor. Default 180 days.</summary>
    public TimeSpan RefreshTokenLifetime { get; set; } = TimeSpan.FromDays(180);

    /// <summary>How long a refresh token may lie unused. Default 30 days.</summary>
    public TimeSpan RefreshTokenIdleLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The absolute life of a public client's refresh chain. Default 90 days.</summary>
    public TimeSpan PublicRefreshTokenLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How long after its first use a spent refresh token still gets the live one of its chain: for lost answers, and for clients that
    /// refresh from several processes at once. A stolen token is as good for so long, and its use is noticed only afterwards. Zero =
    /// strict (RFC 9700 §4.14.2). Default 30 seconds.
    /// </summary>
    public TimeSpan RefreshTokenLeeway { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a consent is remembered: for https redirects of <c>api</c> clients, for <c>trusted</c> ones also on loopback and
    /// private-use redirects, and for metadata documents with <c>documents:rememberConsent</c>. Zero = never. Default 90 days.
    /// </summary>
    public TimeSpan RememberConsentFor { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long a key signs before its successor does. Default 90 days.</summary>
    public TimeSpan SigningKeyLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How long a new key is published before it signs, so that every node and every API that checks tokens has it by then; at least
    /// twice <see cref="CacheKeysFor"/>, and shorter than <see cref="SigningKeyLifetime"/>. Default 1 day.
    /// </summary>
    public TimeSpan SigningKeyLeadTime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a node keeps the keys in memory before it looks at the store again. Default 1 minute.</summary>
    public TimeSpan CacheKeysFor { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a node keeps a client in memory before it looks at the store again: a client that another node changed or disabled counts
    /// as before for so long. Zero = not at all. Default 10 seconds.
    /// </summary>
    public TimeSpan CacheClientsFor { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often expired rows are removed from the stores. Zero = never. Default 1 hour.</summary>
    public TimeSpan PruneEvery { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// After how long without use a self-registered client or a metadata document is removed; not shorter than
    /// <see cref="RefreshTokenIdleLifetime"/> where there can be any. Default 90 days.
    /// </summary>
    public TimeSpan UnusedClientLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// After how long a self-registered client or a metadata document that nobody ever approved is removed. Default 7 days.
    /// </summary>
    public TimeSpan NeverApprovedClientLifetime { get; set; } = TimeSpan.FromDays(7);
}
