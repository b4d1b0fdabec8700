namespace HQ.OAuth2;

/// <summary>
/// The rules for clients on this server, by how a client is registered. The authentication methods are those that the token endpoint accepts,
/// including a host's own, so that no client is registered for a method that fails later.
/// </summary>
/// <param name="settings">The settings.</param>
/// <param name="findMethods">The names of the methods; called when they are needed, because a host's method may itself look clients up.</param>
internal sealed class ClientPolicies(ServerSettings settings, Func<IEnumerable<string>> findMethods)
{
    private IReadOnlyList<string>? methods;

    private IReadOnlyList<string> Methods => methods ??= [.. findMethods().Where(settings.Allows)];

    /// <summary>The rules for an administrator who makes or changes a client of this provenance.</summary>
    public ClientPolicy ForAdministrator(ClientProvenance provenance) =>
        provenance switch
        {
            ClientProvenance.Api => ClientPolicy.ForApi(settings) with { Methods = Methods },
            ClientProvenance.Cimd => ForDocument() with { Narrows = false },
            _ => ForSelfRegistration() with { Narrows = false },
        };

    /// <summary>The rules for a client that registers itself, or changes its registration.</summary>
    public ClientPolicy ForSelfRegistration() => ClientPolicy.ForAnybody(settings) with { Methods = Methods, Narrows = true };

    /// <summary>The rules for a client that a metadata document describes.</summary>
    public ClientPolicy ForDocument() =>
        ForSelfRegistration() with
        {
            Methods = [.. Methods.Where(m => !OAuthClientAuthenticationMethods.IsSharedSecret(m))],
            DefaultMethod = OAuthClientAuthenticationMethods.None,
        };
}
