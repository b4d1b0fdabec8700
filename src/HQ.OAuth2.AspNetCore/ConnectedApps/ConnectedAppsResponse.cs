using System.Text.Json;
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

    /// <summary>True when the app proves itself by a key of its own; else absent.</summary>
    [JsonPropertyName("app_proves_itself_by_keys")]
    public bool? AppProvesItselfByKeys { get; init; }

    [JsonPropertyName("app_org")]
    public string? AppOrg { get; init; }

    /// <summary>The organization that the access is for; absent when it is for none.</summary>
    [JsonPropertyName("organization")]
    public string? Organization { get; init; }

    /// <summary>Absent when the user has not paused the app.</summary>
    [JsonPropertyName("paused_at")]
    public string? PausedAt { get; init; }

    /// <summary>Absent when the user has set no end.</summary>
    [JsonPropertyName("ends_at")]
    public string? EndsAt { get; init; }

    /// <summary>Whether it is a device, whose code the user entered; <c>redirect_host</c> is empty then.</summary>
    [JsonPropertyName("is_device")]
    public required bool IsDevice { get; init; }

    /// <summary>Whether it is a personal access token; <c>redirect_host</c> is empty then, and <c>last_used_at</c> is a day.</summary>
    [JsonPropertyName("is_personal_access_token")]
    public required bool IsPersonalToken { get; init; }

    /// <summary>When a personal access token expires; absent for an app.</summary>
    [JsonPropertyName("expires_at")]
    public string? ExpiresAt { get; init; }

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
            AppProvesItselfByKeys = app.ProvesItselfByKeys ? true : null,
            AppOrg = app.Org,
            Organization = app.Organization,
            PausedAt = app.PausedAt is { } paused ? Rfc3339.Text(paused) : null,
            EndsAt = app.EndsAt is { } end ? Rfc3339.Text(end) : null,
            IsDevice = app.IsDevice,
            IsPersonalToken = app.IsPersonalToken,
            ExpiresAt = app.ExpiresAt is { } expiry ? Rfc3339.Text(expiry) : null,
            RedirectHost = app.RedirectHost,
            Scope = [.. app.Scopes.Select(s => s.Name)],
            Resource = [.. app.Resources.Select(r => r.Identifier)],
            LastUsedAt = app.LastUsedAt is { } used ? Rfc3339.Text(used) : null,
            HasLiveTokens = app.HasLiveTokens,
            ConsentRememberedUntil = app.RememberedUntil is { } until ? Rfc3339.Text(until) : null,
        };
}

/// <summary>A change of one authorization; absent members stay as they are.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record GrantChangeBody
{
    /// <summary>The scopes that remain.</summary>
    [JsonPropertyName("scope")]
    public IReadOnlyList<string>? Scope { get; init; }

    /// <summary>The resources that remain.</summary>
    [JsonPropertyName("resource")]
    public IReadOnlyList<string>? Resource { get; init; }

    [JsonPropertyName("paused")]
    public bool? Paused { get; init; }

    /// <summary>RFC 3339, or null to remove the end.</summary>
    [JsonPropertyName("ends_at")]
    public JsonElement EndsAt { get; init; }

    /// <summary>The change, or null with the name of the member that is wrong.</summary>
    public GrantChange? Read(out string invalid)
    {
        invalid = "ends_at";
        DateTimeOffset? end = null;
        if (EndsAt.ValueKind == JsonValueKind.String && EndsAt.TryGetDateTimeOffset(out var at))
            end = at;
        else if (EndsAt.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
            return null;
        invalid = "scope";
        if (Scope is not null && !Scope.All(s => s is not null && ScopeSet.IsToken(s)))
            return null;
        return new()
        {
            Scope = Scope is null ? null : ScopeSet.Of(Scope),
            Resources = Resource,
            Paused = Paused,
            ChangesEnd = EndsAt.ValueKind != JsonValueKind.Undefined,
            EndsAt = end,
        };
    }
}

/// <summary>The list in JSON, and its changes.</summary>
[JsonSerializable(typeof(ConnectedAppsResponse))]
[JsonSerializable(typeof(ConnectedAppResponse))]
[JsonSerializable(typeof(GrantChangeBody))]
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower
)]
internal sealed partial class ConnectedAppsJson : JsonSerializerContext;
