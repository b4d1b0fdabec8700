using System.Collections.Immutable;
using System.Text.Json;

namespace HQ.OAuth2.Load.Peer;

/// <summary>What every stored thing has.</summary>
internal abstract class Entity
{
    public string Id { get; set; } = Guid.NewGuid().ToString();

    /// <summary>How often it was written; a write that has read an older one fails.</summary>
    public int Version { get; set; }

    public ImmutableDictionary<string, JsonElement> Properties { get; set; } = ImmutableDictionary<string, JsonElement>.Empty;

    public Entity Copy() => (Entity)MemberwiseClone();
}

internal sealed class ApplicationEntity : Entity
{
    public string? ApplicationType { get; set; }
    public string? ClientId { get; set; }
    public string? ClientSecret { get; set; }
    public string? ClientType { get; set; }
    public string? ConsentType { get; set; }
    public string? DisplayName { get; set; }
    public ImmutableArray<string> Permissions { get; set; } = [];
    public ImmutableArray<string> RedirectUris { get; set; } = [];
    public ImmutableArray<string> PostLogoutRedirectUris { get; set; } = [];
    public ImmutableArray<string> Requirements { get; set; } = [];
    public ImmutableDictionary<string, string> Settings { get; set; } = ImmutableDictionary<string, string>.Empty;
}

internal sealed class AuthorizationEntity : Entity
{
    public string? ApplicationId { get; set; }
    public DateTimeOffset? CreationDate { get; set; }
    public ImmutableArray<string> Scopes { get; set; } = [];
    public string? Status { get; set; }
    public string? Subject { get; set; }
    public string? Type { get; set; }
}

internal sealed class TokenEntity : Entity
{
    public string? ApplicationId { get; set; }
    public string? AuthorizationId { get; set; }
    public DateTimeOffset? CreationDate { get; set; }
    public DateTimeOffset? ExpirationDate { get; set; }
    public DateTimeOffset? RedemptionDate { get; set; }
    public string? Payload { get; set; }
    public string? ReferenceId { get; set; }
    public string? Status { get; set; }
    public string? Subject { get; set; }
    public string? Type { get; set; }
}

internal sealed class ScopeEntity : Entity
{
    public string? Name { get; set; }
}
