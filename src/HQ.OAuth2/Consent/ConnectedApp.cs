namespace HQ.OAuth2;

/// <summary>One authorization as the user sees it who gave it.</summary>
public sealed class ConnectedApp
{
    internal ConnectedApp() { }

    /// <summary>Names it for <see cref="ConnectedApps.RevokeAsync(string, string, CancellationToken)"/>.</summary>
    public string AuthorizationId { get; internal init; } = "";

    /// <summary>Who gave it.</summary>
    public string Subject { get; internal init; } = "";

    /// <summary>When it was given.</summary>
    public DateTimeOffset IssuedAt { get; internal init; }

    /// <summary>The client's name as it was registered; its id when it has none.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>The same as it is shown: cleaned and cut.</summary>
    public string DisplayName { get; internal init; } = "";

    /// <summary>The client's id.</summary>
    public string ClientId { get; internal init; } = "";

    /// <summary>How far the name can be trusted.</summary>
    public ClientProvenance Provenance { get; internal init; }

    /// <summary>Whether the client proves itself by a key of its own (<c>private_key_jwt</c>).</summary>
    public bool ProvesItselfByKeys { get; internal init; }

    /// <summary>The client's organization; null when it has none.</summary>
    public string? Org { get; internal init; }

    /// <summary>The organization that the access is for (<see cref="IOrganizations"/>); null when it is for none.</summary>
    public string? Organization { get; internal init; }

    /// <summary>When the user paused the app; null = it is not paused.</summary>
    public DateTimeOffset? PausedAt { get; internal init; }

    /// <summary>The end that the user set; null = none.</summary>
    public DateTimeOffset? EndsAt { get; internal init; }

    /// <summary>What was granted.</summary>
    public IReadOnlyList<ConsentScope> Scopes { get; internal init; } = [];

    /// <summary>For which resources.</summary>
    public IReadOnlyList<ConsentResource> Resources { get; internal init; } = [];

    /// <summary>Whether it is a device, whose code the user entered (RFC 8628).</summary>
    public bool IsDevice { get; internal init; }

    /// <summary>
    /// Whether it is a personal access token of the user. Its name is the user's own, its <see cref="ClientId"/> is
    /// <c>personal-access-token</c>, and <see cref="LastUsedAt"/> is a day.
    /// </summary>
    public bool IsPersonalToken { get; internal init; }

    /// <summary>When a personal access token expires; null for an app.</summary>
    public DateTimeOffset? ExpiresAt { get; internal init; }

    /// <summary>Where the answer went: a host, or the scheme of an app; empty for a device.</summary>
    public string RedirectHost { get; internal init; } = "";

    /// <summary>Whether the answer went to a program on the user's computer.</summary>
    public bool IsLoopbackRedirect { get; internal init; }

    /// <summary>When the client last got a token by it; null before the first.</summary>
    public DateTimeOffset? LastUsedAt { get; internal init; }

    /// <summary>Whether the client holds tokens that work now. Otherwise only the consent is remembered.</summary>
    public bool HasLiveTokens { get; internal init; }

    /// <summary>Until when the user is not asked again; null when the consent is not remembered.</summary>
    public DateTimeOffset? RememberedUntil { get; internal init; }

    internal static ConnectedApp Of(OAuthAuthorization row, Client client, ServerSettings settings, DateTimeOffset now) =>
        new()
        {
            AuthorizationId = row.Id,
            Subject = row.Subject,
            IssuedAt = row.IssuedAt,
            Name = row.Personal?.Name ?? client.ClientName ?? client.ClientId,
            DisplayName = row.Personal?.Name ?? OAuth2.DisplayName.Of(client),
            ClientId = client.ClientId,
            Provenance = client.Provenance,
            ProvesItselfByKeys = client.ProvesItselfByKeys,
            Org = client.Org,
            Organization = row.Organization,
            PausedAt = row.PausedAt,
            EndsAt = row.EndsAt,
            Scopes = [.. row.Scope.Select(s => ConsentScope.Of(s, settings.Options))],
            Resources = [.. row.Resources.Select(r => ConsentResource.Of(r, settings.Resources))],
            IsDevice = row.Code.IsDevice && row.Personal is null,
            IsPersonalToken = row.Personal is not null,
            ExpiresAt = row.Personal is null ? null : row.AccessUntil,
            RedirectHost = UriText.DisplayHost(row.Code.RedirectUri),
            IsLoopbackRedirect = UriText.IsLoopback(row.Code.RedirectUri),
            LastUsedAt = row.Personal?.UsedOn is { } day
                ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)
                : row.Refresh?.UsedAt ?? row.Code.RedeemedAt,
            HasLiveTokens = row.HasLiveTokens(now),
            RememberedUntil = row.Consent?.Until is { } until && now < until ? until : null,
        };
}
