using System.Security.Cryptography;

namespace HQ.OAuth2;

/// <summary>
/// Everything that one login allowed one client. Its code, its refresh chain and its remembered consent are facts of this one row;
/// each step of the protocol is a pure function to the next value of it (Redeem, Rotate). A row that is gone is dead everywhere.
/// </summary>
internal sealed partial record OAuthAuthorization
{
    public required string Id { get; init; }

    /// <summary>Counts the writes of the row, from 1.</summary>
    public long Version { get; init; } = 1;

    public required string Subject { get; init; }

    public required string ClientId { get; init; }

    /// <summary>Which registration of the client this is for: one made anew under the same id has no part in it.</summary>
    public required DateTimeOffset ClientCreatedAt { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>When the user signed in at the host, in whole seconds; null = the host does not say.</summary>
    public DateTimeOffset? SignedInAt { get; init; }

    /// <summary>What the user granted. A token may have less of it, never more.</summary>
    public required ScopeSet Scope { get; init; }

    /// <summary>The resources the user granted it for; at least one.</summary>
    public required IReadOnlyList<string> Resources { get; init; }

    public required CodeFact Code { get; init; }

    /// <summary>The refresh chain; null before the code is redeemed, and for a client without that grant.</summary>
    public RefreshFact? Refresh { get; init; }

    /// <summary>The consent to remember; null when nobody was asked for this row, or it may not be remembered.</summary>
    public ConsentFact? Consent { get; init; }

    /// <summary>When the last of its access tokens ends; null while none was issued.</summary>
    public DateTimeOffset? AccessUntil { get; init; }

    /// <summary>Random, new with each write: by it a caller whose commit was answered badly recognises its own write.</summary>
    public required string WriteId { get; init; }

    /// <summary>From when on nothing here counts. It moves in steps of a day, so that most writes touch no index.</summary>
    public DateTimeOffset PruneAfter
    {
        get
        {
            var end = new[] { Code.ExpiresAt, AccessUntil, Refresh?.EndsAt, Consent?.Until }.Max()!.Value;
            // A retry issues an access token without updating the row; rounding up to the next day keeps the row long enough.
            return new DateTimeOffset(end.UtcDateTime.Date, TimeSpan.Zero).AddDays(2);
        }
    }

    /// <summary>Whether it is this client's, in the registration it has now.</summary>
    public bool IsOf(Client client) =>
        ClientId == client.ClientId && ClientCreatedAt.ToUnixTimeMilliseconds() == client.CreatedAt.ToUnixTimeMilliseconds();

    /// <summary>Whether the client can do something with it now, or later without asking.</summary>
    public bool IsLive(DateTimeOffset now) => HasLiveTokens(now) || now < Consent?.Until;

    /// <summary>Whether the client holds a token that works.</summary>
    public bool HasLiveTokens(DateTimeOffset now) => now < AccessUntil || now < Refresh?.EndsAt;

    /// <summary>Whether a text has the form of an id: what has not is looked up nowhere.</summary>
    public static bool IsId(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigitLower);

    public static string NewWriteId() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(12));

    /// <summary>The next value of the row, for the next write.</summary>
    private OAuthAuthorization Next() => this with { Version = Version + 1, WriteId = NewWriteId() };
}

/// <summary>The code of an authorization. Hash and challenge stay while the row lives, so that a replay is recognised.</summary>
internal sealed record CodeFact
{
    public required byte[] Hash { get; init; }

    /// <summary>The S256 challenge; null when the client may do without PKCE and did.</summary>
    public required string? Challenge { get; init; }

    public required string RedirectUri { get; init; }

    /// <summary>Whether the request carried the redirect URI, or the only registered one was meant (RFC 6749 §4.1.3).</summary>
    public required bool RedirectUriWasSent { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was redeemed; null while it may be.</summary>
    public DateTimeOffset? RedeemedAt { get; init; }
}

/// <summary>The refresh chain of an authorization.</summary>
internal sealed record RefreshFact
{
    /// <summary>The hash of the part that never changes: who has it wrong made the token up.</summary>
    public required byte[] FamilyHash { get; init; }

    /// <summary>The number of the live turn.</summary>
    public required int Turn { get; init; }

    /// <summary>The hash of the live turn's secret.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The absolute end, the same for each turn.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The end when it is not used.</summary>
    public required DateTimeOffset IdleUntil { get; init; }

    /// <summary>When it was last used; null before the first refresh.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>The turns spent inside the leeway, oldest first, eight at most.</summary>
    public IReadOnlyList<SpentTurn> Spent { get; init; } = [];

    public DateTimeOffset EndsAt => ExpiresAt < IdleUntil ? ExpiresAt : IdleUntil;
}

/// <summary>A turn that was spent: what proves it, and what its successor is derived with.</summary>
internal sealed record SpentTurn(int Turn, byte[] Hash, byte[] Salt, DateTimeOffset SpentAt);

/// <summary>A consent that the user gave on our page for this row.</summary>
/// <param name="RedirectHost">Where the answer went.</param>
/// <param name="Until">Until when it may be used again.</param>
/// <param name="DocumentHash">What the client's metadata document said; null for a client without one.</param>
internal sealed record ConsentFact(string RedirectHost, DateTimeOffset Until, string? DocumentHash = null);
