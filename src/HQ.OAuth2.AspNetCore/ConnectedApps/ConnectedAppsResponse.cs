using System.Globalization;

namespace HQ.OAuth2;

/// <summary>A page of what a user has allowed. Times are RFC 3339 in UTC.</summary>
/// <param name="Items">The authorizations, oldest first.</param>
/// <param name="Next">Pass it as <c>after</c> to go on; absent on the last page.</param>
internal sealed record ConnectedAppsResponse(IReadOnlyList<ConnectedAppResponse> Items, string? Next)
{
    public static ConnectedAppsResponse Of(Page<ConnectedApp> page) => new([.. page.Items.Select(ConnectedAppResponse.Of)], page.Next);
}

/// <summary>One authorization of the list.</summary>
internal sealed record ConnectedAppResponse
{
    public required string AuthorizationId { get; init; }
    public required string AuthorizationIssuedAt { get; init; }
    public required string Subject { get; init; }
    public required string AppName { get; init; }
    public required string AppDisplayName { get; init; }
    public required string AppClientId { get; init; }
    public required string AppProvenance { get; init; }
    public string? AppOrg { get; init; }
    public required string RedirectHost { get; init; }
    public required IReadOnlyList<string> Scope { get; init; }
    public required IReadOnlyList<string> Resource { get; init; }

    /// <summary>Absent before the first token.</summary>
    public string? LastUsedAt { get; init; }

    public required bool HasLiveTokens { get; init; }

    /// <summary>Absent when the consent is not remembered.</summary>
    public string? ConsentRememberedUntil { get; init; }

    public static ConnectedAppResponse Of(ConnectedApp app) =>
        new()
        {
            AuthorizationId = app.AuthorizationId,
            AuthorizationIssuedAt = Rfc3339(app.IssuedAt),
            Subject = app.Subject,
            AppName = app.Name,
            AppDisplayName = app.DisplayName,
            AppClientId = app.ClientId,
            AppProvenance = app.Provenance.Name(),
            AppOrg = app.Org,
            RedirectHost = app.RedirectHost,
            Scope = [.. app.Scopes.Select(s => s.Name)],
            Resource = [.. app.Resources.Select(r => r.Identifier)],
            LastUsedAt = app.LastUsedAt is { } used ? Rfc3339(used) : null,
            HasLiveTokens = app.HasLiveTokens,
            ConsentRememberedUntil = app.RememberedUntil is { } until ? Rfc3339(until) : null,
        };

    public static string Rfc3339(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
