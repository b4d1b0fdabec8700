using System.Collections.Concurrent;
using OpenIddict.Abstractions;

namespace HQ.OAuth2.Load.Peer;

/// <summary>Tokens by id, and by the reference that stands for a code or a refresh token.</summary>
internal sealed class TokenDictionary : DictionaryStore<TokenEntity>, IOpenIddictTokenStore<TokenEntity>
{
    private readonly ConcurrentDictionary<string, string> ids = [];

    public override ValueTask CreateAsync(TokenEntity entity, CancellationToken cancellationToken)
    {
        Index(entity);
        return base.CreateAsync(entity, cancellationToken);
    }

    public override ValueTask UpdateAsync(TokenEntity entity, CancellationToken cancellationToken)
    {
        Index(entity);
        return base.UpdateAsync(entity, cancellationToken);
    }

    public IAsyncEnumerable<TokenEntity> FindAsync(
        string? subject,
        string? client,
        string? status,
        string? type,
        CancellationToken cancellationToken
    ) =>
        Where(t =>
            (subject is null || t.Subject == subject)
            && (client is null || t.ApplicationId == client)
            && (status is null || t.Status == status)
            && (type is null || t.Type == type)
        );

    public IAsyncEnumerable<TokenEntity> FindByApplicationIdAsync(string identifier, CancellationToken cancellationToken) =>
        Where(t => t.ApplicationId == identifier);

    public IAsyncEnumerable<TokenEntity> FindByAuthorizationIdAsync(string identifier, CancellationToken cancellationToken) =>
        Where(t => t.AuthorizationId == identifier);

    public IAsyncEnumerable<TokenEntity> FindBySubjectAsync(string subject, CancellationToken cancellationToken) =>
        Where(t => t.Subject == subject);

    public ValueTask<TokenEntity?> FindByReferenceIdAsync(string identifier, CancellationToken cancellationToken) =>
        ids.TryGetValue(identifier, out var id) ? FindByIdAsync(id, cancellationToken) : default;

    public ValueTask<string?> GetApplicationIdAsync(TokenEntity token, CancellationToken cancellationToken) => new(token.ApplicationId);

    public ValueTask SetApplicationIdAsync(TokenEntity token, string? value, CancellationToken cancellationToken) =>
        Set(() => token.ApplicationId = value);

    public ValueTask<string?> GetAuthorizationIdAsync(TokenEntity token, CancellationToken cancellationToken) => new(token.AuthorizationId);

    public ValueTask SetAuthorizationIdAsync(TokenEntity token, string? value, CancellationToken cancellationToken) =>
        Set(() => token.AuthorizationId = value);

    public ValueTask<DateTimeOffset?> GetCreationDateAsync(TokenEntity token, CancellationToken cancellationToken) =>
        new(token.CreationDate);

    public ValueTask SetCreationDateAsync(TokenEntity token, DateTimeOffset? value, CancellationToken cancellationToken) =>
        Set(() => token.CreationDate = value);

    public ValueTask<DateTimeOffset?> GetExpirationDateAsync(TokenEntity token, CancellationToken cancellationToken) =>
        new(token.ExpirationDate);

    public ValueTask SetExpirationDateAsync(TokenEntity token, DateTimeOffset? value, CancellationToken cancellationToken) =>
        Set(() => token.ExpirationDate = value);

    public ValueTask<DateTimeOffset?> GetRedemptionDateAsync(TokenEntity token, CancellationToken cancellationToken) =>
        new(token.RedemptionDate);

    public ValueTask SetRedemptionDateAsync(TokenEntity token, DateTimeOffset? value, CancellationToken cancellationToken) =>
        Set(() => token.RedemptionDate = value);

    public ValueTask<string?> GetPayloadAsync(TokenEntity token, CancellationToken cancellationToken) => new(token.Payload);

    public ValueTask SetPayloadAsync(TokenEntity token, string? value, CancellationToken cancellationToken) =>
        Set(() => token.Payload = value);

    public ValueTask<string?> GetReferenceIdAsync(TokenEntity token, CancellationToken cancellationToken) => new(token.ReferenceId);

    public ValueTask SetReferenceIdAsync(TokenEntity token, string? value, CancellationToken cancellationToken) =>
        Set(() => token.ReferenceId = value);

    public ValueTask<string?> GetStatusAsync(TokenEntity token, CancellationToken cancellationToken) => new(token.Status);

    public ValueTask SetStatusAsync(TokenEntity token, string? value, CancellationToken cancellationToken) =>
        Set(() => token.Status = value);

    public ValueTask<string?> GetSubjectAsync(TokenEntity token, CancellationToken cancellationToken) => new(token.Subject);

    public ValueTask SetSubjectAsync(TokenEntity token, string? value, CancellationToken cancellationToken) =>
        Set(() => token.Subject = value);

    public ValueTask<string?> GetTypeAsync(TokenEntity token, CancellationToken cancellationToken) => new(token.Type);

    public ValueTask SetTypeAsync(TokenEntity token, string? value, CancellationToken cancellationToken) => Set(() => token.Type = value);

    // Not used by what is measured.

    public ValueTask<long> PruneAsync(DateTimeOffset threshold, CancellationToken cancellationToken) => default;

    public ValueTask<long> RevokeAsync(
        string? subject,
        string? client,
        string? status,
        string? type,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public ValueTask<long> RevokeByApplicationIdAsync(string identifier, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<long> RevokeByAuthorizationIdAsync(string identifier, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<long> RevokeBySubjectAsync(string subject, CancellationToken cancellationToken) => throw new NotSupportedException();

    private void Index(TokenEntity entity)
    {
        if (entity.ReferenceId is { } reference)
            ids[reference] = entity.Id;
    }
}
