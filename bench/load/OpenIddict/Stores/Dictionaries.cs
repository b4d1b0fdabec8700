using OpenIddict.Abstractions;

namespace HQ.OAuth2.Load.Peer;

/// <summary>OpenIddict on dictionaries, which cost next to nothing.</summary>
internal static class Dictionaries
{
    public static void UseDictionaries(this OpenIddictCoreBuilder core)
    {
        core.SetDefaultApplicationEntity<ApplicationEntity>()
            .SetDefaultAuthorizationEntity<AuthorizationEntity>()
            .SetDefaultScopeEntity<ScopeEntity>()
            .SetDefaultTokenEntity<TokenEntity>();
        core.Services.AddSingleton<IOpenIddictApplicationStore<ApplicationEntity>, ApplicationDictionary>();
        core.Services.AddSingleton<IOpenIddictAuthorizationStore<AuthorizationEntity>, AuthorizationDictionary>();
        core.Services.AddSingleton<IOpenIddictScopeStore<ScopeEntity>, ScopeDictionary>();
        core.Services.AddSingleton<IOpenIddictTokenStore<TokenEntity>, TokenDictionary>();
    }
}
