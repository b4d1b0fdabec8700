namespace HQ.OAuth2;

/// <summary>One authorization as the user sees it who gave it.</summary>
public sealed record ConnectedApp
{
    internal ConnectedApp() { }

    /// <summary>Names it for <see cref="ConnectedApps.RevokeAsync(string, string, CancellationToken)"/>.</summary>
    public required string AuthorizationId { get; init; }

    /// <summary>Who gave it.</summary>
    public required string Subject { get; init; }

    /// <summary>When it was given.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The client's name as it was registered; its id when it has none.</summary>
    public required string Name { get; init; }

    /// <summary>The same as it is shown: cleaned and cut.</summary>
    public required string DisplayName { get; init; }

    /// <summary>The client's id.</summary>
    public required string ClientId { get; init; }

    /// <summary>How far the name can be trusted.</summary>
    public required ClientProvenance Provenance { get; init; }

    /// <summary>The client's organization; null when it has none.</summary>
    public required string? Org { get; init; }

    /// <summary>What was granted.</summary>
    public required IReadOnlyList<ConsentScope> Scopes { get; init; }

    /// <summary>For which resources.</summary>
    public required IReadOnlyList<ConsentResource> Resources { get; init; }

    /// <summary>Where the answer went: a host, or the scheme of an app.</summary>
    public required string RedirectHost { get; init; }

    /// <summary>Whether the answer went to a program on the user's computer.</summary>
    public required bool IsLoopbackRedirect { get; init; }

    /// <summary>When the client last got a token by it; null before the first.</summary>
    public required DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Whether the client holds tokens that work now. Otherwise only the consent is remembered.</summary>
    public required bool HasLiveTokens { get; init; }

    /// <summary>Until when the user is not asked again; null when the consent is not remembered.</summary>
    public required DateTimeOffset? RememberedUntil { get; init; }

    internal static ConnectedApp Of(OAuthAuthorization row, Client client, ServerSettings settings, DateTimeOffset now) =>
        new()
        {
            AuthorizationId = row.Id,
            Subject = row.Subject,
            IssuedAt = row.IssuedAt,
            Name = client.ClientName ?? client.ClientId,
            DisplayName = OAuth2.DisplayName.Of(client),
            ClientId = client.ClientId,
            Provenance = client.Provenance,
            Org = client.Org,
            Scopes = [.. row.Scope.Select(s => ConsentScope.Of(s, settings.Options))],
            Resources = [.. row.Resources.Select(r => ConsentResource.Of(r, settings.Resources))],
            RedirectHost = UriText.DisplayHost(row.Code.RedirectUri),
            IsLoopbackRedirect = UriText.IsLoopback(row.Code.RedirectUri),
            LastUsedAt = row.Refresh?.UsedAt ?? row.Code.RedeemedAt,
            HasLiveTokens = row.HasLiveTokens(now),
            RememberedUntil = row.Consent?.Until is { } until && now < until ? until : null,
        };
}
