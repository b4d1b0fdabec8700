using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;

namespace HQ.OAuth2.Load.Peer;

/// <summary>Clients by id and by client id.</summary>
internal sealed class ApplicationDictionary : DictionaryStore<ApplicationEntity>, IOpenIddictApplicationStore<ApplicationEntity>
{
    private readonly ConcurrentDictionary<string, string> ids = [];

    public override ValueTask CreateAsync(ApplicationEntity entity, CancellationToken cancellationToken)
    {
        ids[entity.ClientId!] = entity.Id;
        return base.CreateAsync(entity, cancellationToken);
    }

    public ValueTask<ApplicationEntity?> FindByClientIdAsync(string identifier, CancellationToken cancellationToken) =>
        ids.TryGetValue(identifier, out var id) ? FindByIdAsync(id, cancellationToken) : default;

    public IAsyncEnumerable<ApplicationEntity> FindByPostLogoutRedirectUriAsync(string uri, CancellationToken cancellationToken) =>
        Where(a => a.PostLogoutRedirectUris.Contains(uri));

    public IAsyncEnumerable<ApplicationEntity> FindByRedirectUriAsync(string uri, CancellationToken cancellationToken) =>
        Where(a => a.RedirectUris.Contains(uri));

    public ValueTask<string?> GetApplicationTypeAsync(ApplicationEntity application, CancellationToken cancellationToken) =>
        new(application.ApplicationType);

    public ValueTask SetApplicationTypeAsync(ApplicationEntity application, string? value, CancellationToken cancellationToken) =>
        Set(() => application.ApplicationType = value);

    public ValueTask<string?> GetClientIdAsync(ApplicationEntity application, CancellationToken cancellationToken) =>
        new(application.ClientId);

    public ValueTask SetClientIdAsync(ApplicationEntity application, string? value, CancellationToken cancellationToken) =>
        Set(() => application.ClientId = value);

    public ValueTask<string?> GetClientSecretAsync(ApplicationEntity application, CancellationToken cancellationToken) =>
        new(application.ClientSecret);

    public ValueTask SetClientSecretAsync(ApplicationEntity application, string? value, CancellationToken cancellationToken) =>
        Set(() => application.ClientSecret = value);

    public ValueTask<string?> GetClientTypeAsync(ApplicationEntity application, CancellationToken cancellationToken) =>
        new(application.ClientType);

    public ValueTask SetClientTypeAsync(ApplicationEntity application, string? value, CancellationToken cancellationToken) =>
        Set(() => application.ClientType = value);

    public ValueTask<string?> GetConsentTypeAsync(ApplicationEntity application, CancellationToken cancellationToken) =>
        new(application.ConsentType);

    public ValueTask SetConsentTypeAsync(ApplicationEntity application, string? value, CancellationToken cancellationToken) =>
        Set(() => application.ConsentType = value);

    public ValueTask<string?> GetDisplayNameAsync(ApplicationEntity application, CancellationToken cancellationToken) =>
        new(application.DisplayName);

    public ValueTask SetDisplayNameAsync(ApplicationEntity application, string? value, CancellationToken cancellationToken) =>
        Set(() => application.DisplayName = value);

    public ValueTask<ImmutableArray<string>> GetPermissionsAsync(ApplicationEntity application, CancellationToken cancellationToken) =>
        new(application.Permissions);

    public ValueTask SetPermissionsAsync(
        ApplicationEntity application,
        ImmutableArray<string> value,
        CancellationToken cancellationToken
    ) => Set(() => application.Permissions = value);

    public ValueTask<ImmutableArray<string>> GetRedirectUrisAsync(ApplicationEntity application, CancellationToken cancellationToken) =>
        new(application.RedirectUris);

    public ValueTask SetRedirectUrisAsync(
        ApplicationEntity application,
        ImmutableArray<string> value,
        CancellationToken cancellationToken
    ) => Set(() => application.RedirectUris = value);

    public ValueTask<ImmutableArray<string>> GetPostLogoutRedirectUrisAsync(
        ApplicationEntity application,
        CancellationToken cancellationToken
    ) => new(application.PostLogoutRedirectUris);

    public ValueTask SetPostLogoutRedirectUrisAsync(
        ApplicationEntity application,
        ImmutableArray<string> value,
        CancellationToken cancellationToken
    ) => Set(() => application.PostLogoutRedirectUris = value);

    public ValueTask<ImmutableArray<string>> GetRequirementsAsync(ApplicationEntity application, CancellationToken cancellationToken) =>
        new(application.Requirements);

    public ValueTask SetRequirementsAsync(
        ApplicationEntity application,
        ImmutableArray<string> value,
        CancellationToken cancellationToken
    ) => Set(() => application.Requirements = value);

    public ValueTask<ImmutableDictionary<string, string>> GetSettingsAsync(
        ApplicationEntity application,
        CancellationToken cancellationToken
    ) => new(application.Settings);

    public ValueTask SetSettingsAsync(
        ApplicationEntity application,
        ImmutableDictionary<string, string> value,
        CancellationToken cancellationToken
    ) => Set(() => application.Settings = value);

    // Not used by what is measured.

    public ValueTask<ImmutableDictionary<CultureInfo, string>> GetDisplayNamesAsync(
        ApplicationEntity application,
        CancellationToken cancellationToken
    ) => new(ImmutableDictionary<CultureInfo, string>.Empty);

    public ValueTask SetDisplayNamesAsync(
        ApplicationEntity application,
        ImmutableDictionary<CultureInfo, string> names,
        CancellationToken cancellationToken
    ) => default;

    public ValueTask<JsonWebKeySet?> GetJsonWebKeySetAsync(ApplicationEntity application, CancellationToken cancellationToken) => default;

    public ValueTask SetJsonWebKeySetAsync(ApplicationEntity application, JsonWebKeySet? set, CancellationToken cancellationToken) =>
        default;
}
