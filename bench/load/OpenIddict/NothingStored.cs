using System.Security.Cryptography;
using System.Text;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace HQ.OAuth2.Load.Peer;

/// <summary>OpenIddict's degraded mode: no clients, authorizations or tokens are stored, so nothing can be revoked or used only once.</summary>
internal static class NothingStored
{
    public static void StoreNothing(this OpenIddictServerBuilder server)
    {
        server.EnableDegradedMode();
        server.Check<ValidateAuthorizationRequestContext>(context => context.RedirectUri == Setup.RedirectUri);
        server.Check<ValidateTokenRequestContext>(context => IsClient(context.ClientId, context.ClientSecret));
        server.Check<ValidateIntrospectionRequestContext>(context => IsClient(context.ClientId, context.ClientSecret));
        server.Check<ValidateRevocationRequestContext>(context => IsClient(context.ClientId, context.ClientSecret));
    }

    private static void Check<TContext>(this OpenIddictServerBuilder server, Func<TContext, bool> isValid)
        where TContext : BaseValidatingContext =>
        server.AddEventHandler<TContext>(handler =>
            handler.UseInlineHandler(context =>
            {
                if (!isValid(context))
                    context.Reject(Errors.InvalidClient);
                return default;
            })
        );

    private static bool IsClient(string? id, string? secret) =>
        id == Setup.PublicClient
        || (
            id == Setup.ConfidentialClient
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secret ?? ""), Encoding.UTF8.GetBytes(Setup.Secret))
        );
}
