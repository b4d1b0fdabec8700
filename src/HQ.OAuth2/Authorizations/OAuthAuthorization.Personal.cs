namespace HQ.OAuth2;

internal sealed partial record OAuthAuthorization
{
    /// <summary>Whether this is the row of a personal access token, whose time has not come. The secret is compared in fixed time.</summary>
    public bool Is(PersonalToken token, DateTimeOffset now) =>
        Personal is not null && now < AccessUntil && IssuedText.Matches(token.Code.Secret, Code.Hash);

    /// <summary>Whether the use of a personal access token on this day is not noted yet.</summary>
    public bool IsFirstUse(DateOnly day) => Personal is { } personal && !(personal.UsedOn >= day);

    /// <summary>Whether both are the same token for the same use, or both are none.</summary>
    public bool IsSamePersonalToken(OAuthAuthorization other) =>
        Personal?.Name == other.Personal?.Name
        && (Personal is null || (Code.ExpiresAt == other.Code.ExpiresAt && Resources.SequenceEqual(other.Resources)));

    /// <summary>Notes the use of a personal access token; the row itself when it is noted already.</summary>
    public OAuthAuthorization NoteUse(DateOnly day) =>
        IsFirstUse(day) ? (this with { Personal = Personal! with { UsedOn = day } }).Next() : this;
}
