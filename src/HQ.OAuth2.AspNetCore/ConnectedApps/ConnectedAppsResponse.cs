using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>A page of the authorizations of a user. Times are RFC 3339 in UTC.</summary>
/// <param name="Items">The authorizations, oldest first.</param>
/// <param name="Next">Pass it as <c>after</c> to get the next page; absent on the last page.</param>
internal sealed record ConnectedAppsResponse(IReadOnlyList<ConnectedAppResponse> Items, string? Next)
{
    public static ConnectedAppsResponse Of(Page<ConnectedApp> page) => new([.. page.Items.Select(ConnectedAppResponse.Of)], page.Next);
}

/// <summary>One authorization of the list.</summary>
internal sealed record ConnectedAppResponse
{
    [JsonPropertyName("authorization_id")]
    public required string AuthorizationId { get; init; }

    [JsonPropertyName("authorization_issued_at")]
    public required string AuthorizationIssuedAt { get; init; }

    [JsonPropertyName("subject")]
    public required string Subject { get; init; }

    [JsonPropertyName("app_name")]
    public required string AppName { get; init; }

    [JsonPropertyName("app_display_name")]
    public required string AppDisplayName { get; init; }

    [JsonPropertyName("app_client_id")]
    public required string AppClientId { get; init; }

    [JsonPropertyName("app_provenance")]
    public required string AppProvenance { get; init; }

    [JsonPropertyName("app_org")]
    public string? AppOrg { get; init; }

    [JsonPropertyName("redirect_host")]
    public required string RedirectHost { get; init; }

    [JsonPropertyName("scope")]
    public required IReadOnlyList<string> Scope { get; init; }

    [JsonPropertyName("resource")]
    public required IReadOnlyList<string> Resource { get; init; }

    /// <summary>Absent before the first token.</summary>
    [JsonPropertyName("last_used_at")]
    public string? LastUsedAt { get; init; }

    [JsonPropertyName("has_live_tokens")]
    public required bool HasLiveTokens { get; init; }

    /// <summary>Absent when the consent is not remembered.</summary>
    [JsonPropertyName("consent_remembered_until")]
    public string? ConsentRememberedUntil { get; init; }

    public static ConnectedAppResponse Of(ConnectedApp app) =>
        new()
        {
            AuthorizationId = app.AuthorizationId,
            AuthorizationIssuedAt = Rfc3339.Text(app.IssuedAt),
            Subject = app.Subject,
            AppName = app.Name,
            AppDisplayName = app.DisplayName,
            AppClientId = app.ClientId,
            AppProvenance = app.Provenance.Name(),
            AppOrg = app.Org,
            RedirectHost = app.RedirectHost,
            Scope = [.. app.Scopes.Select(s => s.Name)],
            Resource = [.. app.Resources.Select(r => r.Identifier)],
            LastUsedAt = app.LastUsedAt is { } used ? Rfc3339.Text(used) : null,
            HasLiveTokens = app.HasLiveTokens,
            ConsentRememberedUntil = app.RememberedUntil is { } until ? Rfc3339.Text(until) : null,
        };
}

/// <summary>The list in JSON.</summary>
[JsonSerializable(typeof(ConnectedAppsResponse))]
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower
)]
internal sealed partial class ConnectedAppsJson : JsonSerializerContext;
