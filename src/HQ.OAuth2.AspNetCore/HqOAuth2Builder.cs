using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Localization;

namespace HQ.OAuth2;

/// <summary>Replaces parts of the server by parts of the host. Each is created once per request, unless another lifetime is given.</summary>
public sealed class HqOAuth2Builder
{
    private const DynamicallyAccessedMemberTypes Constructors = DynamicallyAccessedMemberTypes.PublicConstructors;

    internal HqOAuth2Builder(IServiceCollection services) => Services = services;

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Replaces the client store. For dynamic registration it must be an <see cref="IClientRegistry"/>.</summary>
    public HqOAuth2Builder AddClientStore<[DynamicallyAccessedMembers(Constructors)] T>(ServiceLifetime lifetime = ServiceLifetime.Scoped)
        where T : class, IClientStore => Replace<IClientStore, T>(lifetime);

    /// <summary>Replaces the authorization store.</summary>
    public HqOAuth2Builder AddAuthorizationStore<[DynamicallyAccessedMembers(Constructors)] T>(
        ServiceLifetime lifetime = ServiceLifetime.Scoped
    )
        where T : class, IAuthorizationStore => Replace<IAuthorizationStore, T>(lifetime);

    /// <summary>Replaces the ticket store.</summary>
    public HqOAuth2Builder AddTicketStore<[DynamicallyAccessedMembers(Constructors)] T>(ServiceLifetime lifetime = ServiceLifetime.Scoped)
        where T : class, ITicketStore => Replace<ITicketStore, T>(lifetime);

    /// <summary>Replaces the store of the keys of access tokens. One instance serves the process.</summary>
    public HqOAuth2Builder AddKeyStore<[DynamicallyAccessedMembers(Constructors)] T>()
        where T : class, IKeyStore => Replace<IKeyStore, T>(ServiceLifetime.Singleton);

    /// <summary>Replaces the pages on which users sign in and decide.</summary>
    public HqOAuth2Builder AddAuthorizationUi<[DynamicallyAccessedMembers(Constructors)] T>(
        ServiceLifetime lifetime = ServiceLifetime.Scoped
    )
        where T : class, IAuthorizationUi => Replace<IAuthorizationUi, T>(lifetime);

    /// <summary>
    /// Puts the host's texts before ours on every page: other wording, other languages, and scopes by the name <c>scope.NAME</c>. A text that
    /// the localizer does not find stays as it is; docs/consent-and-pages.md has the names.
    /// </summary>
    public HqOAuth2Builder AddPageTexts(Func<IServiceProvider, IStringLocalizer> texts)
    {
        Services.Replace(ServiceDescriptor.Scoped(s => new PageTexts(texts(s))));
        return this;
    }

    /// <summary>Adds a grant type to the token endpoint and to the metadata.</summary>
    public HqOAuth2Builder AddGrantType<[DynamicallyAccessedMembers(Constructors)] T>(ServiceLifetime lifetime = ServiceLifetime.Scoped)
        where T : class, IGrantType => Add<IGrantType, T>(lifetime);

    /// <summary>Adds a client authentication method to every endpoint that authenticates clients, and to the metadata.</summary>
    public HqOAuth2Builder AddClientAuthentication<[DynamicallyAccessedMembers(Constructors)] T>(
        ServiceLifetime lifetime = ServiceLifetime.Scoped
    )
        where T : class, IClientAuthentication => Add<IClientAuthentication, T>(lifetime);

    /// <summary>Adds claims to access tokens.</summary>
    public HqOAuth2Builder AddTokenClaims<[DynamicallyAccessedMembers(Constructors)] T>(ServiceLifetime lifetime = ServiceLifetime.Scoped)
        where T : class, ITokenClaims => Add<ITokenClaims, T>(lifetime);

    /// <summary>Adds the organizations of the host's users, so that each authorization is for one.</summary>
    public HqOAuth2Builder AddOrganizations<[DynamicallyAccessedMembers(Constructors)] T>(ServiceLifetime lifetime = ServiceLifetime.Scoped)
        where T : class, IOrganizations => Replace<IOrganizations, T>(lifetime);

    /// <summary>Adds the authentication contexts of the host's sign-in, so that clients and APIs can ask for one (<c>acr</c>).</summary>
    public HqOAuth2Builder AddAuthenticationContexts<[DynamicallyAccessedMembers(Constructors)] T>(
        ServiceLifetime lifetime = ServiceLifetime.Scoped
    )
        where T : class, IAuthenticationContexts => Replace<IAuthenticationContexts, T>(lifetime);

    /// <summary>Adds a policy that says whether an authorization may still be used. There is one; the last one counts.</summary>
    public HqOAuth2Builder AddGrantPolicy<[DynamicallyAccessedMembers(Constructors)] T>(ServiceLifetime lifetime = ServiceLifetime.Scoped)
        where T : class, IGrantPolicy => Replace<IGrantPolicy, T>(lifetime);

    /// <summary>
    /// Adds ASP.NET Core Identity as that policy: an authorization ends when the user's security stamp changes (a new password, signing out
    /// everywhere) or the user is deleted, and is refused while the user is locked out.
    /// </summary>
    /// <typeparam name="TUser">The user type that the host gave to <c>AddIdentity</c>.</typeparam>
    public HqOAuth2Builder AddIdentityGrantPolicy<TUser>()
        where TUser : class => Replace<IGrantPolicy, IdentityGrantPolicy<TUser>>(ServiceLifetime.Scoped);

    /// <summary>Adds a policy that says who may make personal access tokens, and for which scopes. There is one; the last one counts.</summary>
    public HqOAuth2Builder AddPersonalTokenPolicy<[DynamicallyAccessedMembers(Constructors)] T>(
        ServiceLifetime lifetime = ServiceLifetime.Scoped
    )
        where T : class, IPersonalTokenPolicy => Replace<IPersonalTokenPolicy, T>(lifetime);

    /// <summary>Adds a listener to events, for an audit trail. There may be several.</summary>
    public HqOAuth2Builder AddEvents<[DynamicallyAccessedMembers(Constructors)] T>(ServiceLifetime lifetime = ServiceLifetime.Scoped)
        where T : class, IOAuthEvents => Add<IOAuthEvents, T>(lifetime);

    /// <summary>Adds a client made in code, provenance <c>api</c>, by the same rules as one in configuration.</summary>
    public HqOAuth2Builder AddClient(Action<ClientOptions> configure)
    {
        Services.Configure<HqOAuth2Options>(options =>
        {
            var client = new ClientOptions();
            configure(client);
            options.Clients.Add(client);
        });
        return this;
    }

    private HqOAuth2Builder Replace<TService, [DynamicallyAccessedMembers(Constructors)] T>(ServiceLifetime lifetime)
        where T : class, TService
    {
        for (var i = Services.Count - 1; i >= 0; i--)
        {
            if (Services[i].ServiceType == typeof(TService))
                Services.RemoveAt(i);
        }

        return Add<TService, T>(lifetime);
    }

    private HqOAuth2Builder Add<TService, [DynamicallyAccessedMembers(Constructors)] T>(ServiceLifetime lifetime)
        where T : class, TService
    {
        Services.Add(new ServiceDescriptor(typeof(TService), typeof(T), lifetime));
        return this;
    }
}
