using System.Buffers;
using System.Security.Cryptography;

namespace HQ.OAuth2;

/// <summary>
/// Everything that one login allowed one client. Its code, its refresh chain and its remembered consent are facts of this one row.
/// Each step of the protocol (Redeem, Rotate) is a pure function from one value of the row to the next. Removing the row ends all of them.
/// </summary>
internal sealed partial record OAuthAuthorization
{
    private static readonly SearchValues<char> hexDigits = SearchValues.Create("0123456789abcdef");

    public required string Id { get; init; }

    /// <summary>Counts the writes of the row, from 1.</summary>
    public long Version { get; init; } = 1;

    public required string Subject { get; init; }

    public required string ClientId { get; init; }

    /// <summary>When the client was registered: a client registered again under the same id may not use this authorization.</summary>
    public required DateTimeOffset ClientCreatedAt { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>When the user signed in at the host, in whole seconds; null when the host does not say.</summary>
    public DateTimeOffset? SignedInAt { get; init; }

    /// <summary>The authentication context of that sign-in (<c>acr</c>); null when the host does not say.</summary>
    public string? Context { get; init; }

    /// <summary>The scope that the user granted. A token may have less scope, never more.</summary>
    public required ScopeSet Scope { get; init; }

    /// <summary>The resources that the user granted access to; at least one.</summary>
    public required IReadOnlyList<string> Resources { get; init; }

    /// <summary>The organization in which the user acts; null when the host knows none.</summary>
    public string? Organization { get; init; }

    /// <summary>What the host's <see cref="IGrantPolicy"/> noted about the user at the approval; null = nothing.</summary>
    public string? PolicyNote { get; init; }

    /// <summary>When the user paused the app; null = it is not paused. While it is, no token works and none is issued.</summary>
    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>The end that the user set; null = none. It ends tokens, chain and consent.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>The secret for which the row was made: its code. That of a personal access token is the token itself, which nobody redeems.</summary>
    public required CodeFact Code { get; init; }

    /// <summary>What makes the row a personal access token; null = it was granted to a client.</summary>
    public PersonalTokenFact? Personal { get; init; }

    /// <summary>The refresh chain; null before the code is redeemed, and for a client without the refresh token grant.</summary>
    public RefreshFact? Refresh { get; init; }

    /// <summary>The consent to remember; null when no consent page was shown for this row, or when it may not be remembered.</summary>
    public ConsentFact? Consent { get; init; }

    /// <summary>When the last of its access tokens expires; null while none was issued.</summary>
    public DateTimeOffset? AccessUntil { get; init; }

    /// <summary>Random, new with each write: a caller that got no answer to its commit recognises its own write by it.</summary>
    public required string WriteId { get; init; }

    /// <summary>The time after which the row has no effect. It moves in steps of a day, so that most writes do not change an index.</summary>
    public DateTimeOffset PruneAfter
    {
        get
        {
            ReadOnlySpan<DateTimeOffset?> ends = [AccessUntil, Refresh?.EndsAt, Consent?.Until];
            var end = Code.ExpiresAt;
            foreach (var other in ends)
            {
                if (other > end)
                    end = other.Value;
            }

            if (EndsAt < end)
                end = EndsAt.Value;

            // A retry issues an access token without updating the row; rounding up to the next day keeps the row long enough.
            return new DateTimeOffset(end.UtcDateTime.Date, TimeSpan.Zero).AddDays(2);
        }
    }

    /// <summary>Whether it was granted to this client, in its present registration.</summary>
    public bool IsOf(Client client) =>
        ClientId == client.ClientId && ClientCreatedAt.ToUnixTimeMilliseconds() == client.CreatedAt.ToUnixTimeMilliseconds();

    /// <summary>Whether tokens of it may be for a resource.</summary>
    public bool IsFor(string resource)
    {
        // By index: this runs at each introspection, and an enumerator is an object.
        for (var i = 0; i < Resources.Count; i++)
        {
            if (Resources[i] == resource)
                return true;
        }

        return false;
    }

    /// <summary>Whether the client has a working token, or can get one without a consent page. A paused app counts: it may be resumed.</summary>
    public bool IsLive(DateTimeOffset now) => HasLiveTokens(now) || (now < Consent?.Until && !HasEnded(now));

    /// <summary>Whether the client holds a token that works unless the app is paused.</summary>
    public bool HasLiveTokens(DateTimeOffset now) => (now < AccessUntil || now < Refresh?.EndsAt) && !HasEnded(now);

    /// <summary>Whether the end that the user set has come.</summary>
    public bool HasEnded(DateTimeOffset now) => now >= EndsAt;

    /// <summary>Whether a text has the form of an id. Any other text is not looked up.</summary>
    public static bool IsId(string text) => text.Length == 32 && !text.AsSpan().ContainsAnyExcept(hexDigits);

    /// <summary>An id for a new row: those made one after the other stand side by side in an index.</summary>
    public static string NewId(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("N");

    public static string NewWriteId() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(12));

    /// <summary>The end of an access token that is issued now: its lifetime, or the end that the user set.</summary>
    private DateTimeOffset AccessTokenEnd(DateTimeOffset now, TokenLifetimes lifetimes) =>
        now + lifetimes.AccessToken is var end && EndsAt < end ? EndsAt.Value : end;

    /// <summary>The next value of the row, for the next write.</summary>
    private OAuthAuthorization Next() => this with { Version = Version + 1, WriteId = NewWriteId() };
}

/// <summary>The code of an authorization. Hash and challenge are kept as long as the row, so that a replay is recognised.</summary>
internal sealed record CodeFact
{
    public required byte[] Hash { get; init; }

    /// <summary>The S256 challenge; null when the client did not use PKCE and need not.</summary>
    public required string? Challenge { get; init; }

    /// <summary>Where the code was sent; empty for a device, which polls for the answer (RFC 8628).</summary>
    public required string RedirectUri { get; init; }

    /// <summary>Whether it is the code of a device.</summary>
    public bool IsDevice => RedirectUri.Length == 0;

    /// <summary>Whether the request carried the redirect URI, or the only registered one was meant (RFC 6749 §4.1.3).</summary>
    public required bool RedirectUriWasSent { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was redeemed; null while it is not.</summary>
    public DateTimeOffset? RedeemedAt { get; init; }

    /// <summary>The thumbprint of the key that must redeem it (RFC 9449 §10); null = it is bound to none.</summary>
    public string? Key { get; init; }
}

/// <summary>A personal access token, which a user made without a client.</summary>
/// <param name="Name">What the user calls it.</param>
/// <param name="UsedOn">The day (UTC) of its last use; null before the first.</param>
internal sealed record PersonalTokenFact(string Name, DateOnly? UsedOn = null);

/// <summary>The refresh chain of an authorization.</summary>
internal sealed record RefreshFact
{
    /// <summary>The hash of the part that never changes: a token with another family is made up.</summary>
    public required byte[] FamilyHash { get; init; }

    /// <summary>The number of the live turn.</summary>
    public required int Turn { get; init; }

    /// <summary>The hash of the live turn's secret.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The absolute end of the chain, the same for each turn.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The end of the chain if it is not used again.</summary>
    public required DateTimeOffset IdleUntil { get; init; }

    /// <summary>When it was last used; null before the first refresh.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>The turns that were spent within the leeway, oldest first, eight at most.</summary>
    public IReadOnlyList<SpentTurn> Spent { get; init; } = [];

    /// <summary>The key that its turns are bound to; null = they are bound to none.</summary>
    public ChainKey? Key { get; init; }

    public DateTimeOffset EndsAt => ExpiresAt < IdleUntil ? ExpiresAt : IdleUntil;
}

/// <summary>The key that refresh tokens of a public client are bound to (RFC 9449 §5).</summary>
/// <param name="Thumbprint">Its thumbprint.</param>
/// <param name="From">
/// The first turn that is bound. Earlier turns were issued without a key and need none: their client still reveals a thief who has refreshed
/// with a key of his own.
/// </param>
internal sealed record ChainKey(string Thumbprint, int From);

/// <summary>A spent turn: the hash of its secret, and the salt from which its successor is derived.</summary>
internal sealed record SpentTurn(int Turn, byte[] Hash, byte[] Salt, DateTimeOffset SpentAt);

/// <summary>A consent that the user gave on our page for this row.</summary>
/// <param name="RedirectHost">The host that the answer was sent to.</param>
/// <param name="Until">The time until which it may be used again.</param>
/// <param name="DocumentHash">The hash of the client's metadata document; null for a client without one.</param>
internal sealed record ConsentFact(string RedirectHost, DateTimeOffset Until, string? DocumentHash = null);
