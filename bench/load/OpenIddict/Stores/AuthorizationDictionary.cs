using System.Collections.Immutable;
using OpenIddict.Abstractions;

namespace HQ.OAuth2.Load.Peer;

/// <summary>Authorizations by id.</summary>
internal sealed class AuthorizationDictionary : DictionaryStore<AuthorizationEntity>, IOpenIddictAuthorizationStore<AuthorizationEntity>
{
    public IAsyncEnumerable<AuthorizationEntity> FindAsync(
        string? subject,
        string? client,
        string? status,
        string? type,
        ImmutableArray<string>? scopes,
        CancellationToken cancellationToken
    ) =>
        Where(a =>
            (subject is null || a.Subject == subject)
            && (client is null || a.ApplicationId == client)
            && (status is null || a.Status == status)
            && (type is null || a.Type == type)
            && (scopes is null || scopes.Value.All(s => a.Scopes.Contains(s)))
        );

    public IAsyncEnumerable<AuthorizationEntity> FindByApplicationIdAsync(string identifier, CancellationToken cancellationToken) =>
        Where(a => a.ApplicationId == identifier);

    public IAsyncEnumerable<AuthorizationEntity> FindBySubjectAsync(string subject, CancellationToken cancellationToken) =>
        Where(a => a.Subject == subject);

    public ValueTask<string?> GetApplicationIdAsync(AuthorizationEntity authorization, CancellationToken cancellationToken) =>
        new(authorization.ApplicationId);

    public ValueTask SetApplicationIdAsync(AuthorizationEntity authorization, string? value, CancellationToken cancellationToken) =>
        Set(() => authorization.ApplicationId = value);

    public ValueTask<DateTimeOffset?> GetCreationDateAsync(AuthorizationEntity authorization, CancellationToken cancellationToken) =>
        new(authorization.CreationDate);

    public ValueTask SetCreationDateAsync(AuthorizationEntity authorization, DateTimeOffset? value, CancellationToken cancellationToken) =>
        Set(() => authorization.CreationDate = value);

    public ValueTask<ImmutableArray<string>> GetScopesAsync(AuthorizationEntity authorization, CancellationToken cancellationToken) =>
        new(authorization.Scopes);

    public ValueTask SetScopesAsync(AuthorizationEntity authorization, ImmutableArray<string> value, CancellationToken cancellationToken) =>
        Set(() => authorization.Scopes = value);

    public ValueTask<string?> GetStatusAsync(AuthorizationEntity authorization, CancellationToken cancellationToken) =>
        new(authorization.Status);

    public ValueTask SetStatusAsync(AuthorizationEntity authorization, string? value, CancellationToken cancellationToken) =>
        Set(() => authorization.Status = value);

    public ValueTask<string?> GetSubjectAsync(AuthorizationEntity authorization, CancellationToken cancellationToken) =>
        new(authorization.Subject);

    public ValueTask SetSubjectAsync(AuthorizationEntity authorization, string? value, CancellationToken cancellationToken) =>
        Set(() => authorization.Subject = value);

    public ValueTask<string?> GetTypeAsync(AuthorizationEntity authorization, CancellationToken cancellationToken) =>
        new(authorization.Type);

    public ValueTask SetTypeAsync(AuthorizationEntity authorization, string? value, CancellationToken cancellationToken) =>
        Set(() => authorization.Type = value);

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

    public ValueTask<long> RevokeBySubjectAsync(string subject, CancellationToken cancellationToken) => throw new NotSupportedException();
}
