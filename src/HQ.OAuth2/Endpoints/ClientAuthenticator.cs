namespace HQ.OAuth2;

/// <summary>Which client a back-channel request comes from (RFC 6749 §2.3): exactly one method, and one that fits what the client registered.</summary>
internal sealed class ClientAuthenticator(
    IEnumerable<IClientAuthentication> methods,
    ClientDirectory clients,
    ProofCheck proofs,
    SecretReplacement replacement,
    ServerSettings settings
)
{
    public async ValueTask<Outcome<Client>> AuthenticateAsync(OAuthRequest request, CancellationToken ct)
    {
        // §2.3: not more than one method in a request.
        var (method, proof, none) = (OAuthClientAuthenticationMethods.None, (ClientProof?)null, (IClientAuthentication?)null);
        foreach (var one in methods)
        {
            if (one.Method == OAuthClientAuthenticationMethods.None)
                none ??= one;
            else if (one.Read(request) is { } read && !IsReplaced(one))
            {
                if (proof is not null)
                    return OAuthError.SeveralClientAuthentications;
                (method, proof) = (one.Method, read);
            }
        }

        // A header that no method here reads is an authentication that failed, not an absent one.
        if (proof is null && request.Authorization.Count > 0)
            return OAuthError.InvalidClient.Because("the Authorization header has a scheme that no client authentication method reads");

        // RFC 7521 §4.2: the same for an assertion.
        if (proof is null && (request.Parameters["client_assertion"] ?? request.Parameters["client_assertion_type"]) is not null)
            return OAuthError.InvalidClient.Because("client_assertion_type is one that no client authentication method reads");

        // §3.2.1: who does not authenticate names itself by client_id.
        if (proof is null)
            proof = none?.Read(request);
        if (proof is not { ClientId: { } clientId })
            return OAuthError.InvalidClient.Because("the request names no client, or in a form that cannot be read");

        // §2.3.2: one registration, whatever else the request says.
        if (request.Parameters["client_id"] is { } named && named != clientId)
            return OAuthError.InvalidClient.Because("client_id names another client than the credentials");
        // §2.3.1: an empty secret is none.
        if (proof is SecretProof { IsEmpty: true })
            (method, proof) = (OAuthClientAuthenticationMethods.None, new NoProof(clientId));
        if (!settings.Allows(method))
            return OAuthError.InvalidClient.Because(
                $"the profile of this server does not allow {method}: register keys for private_key_jwt"
            );
        var found = await clients.FindAsync(clientId, ct);
        if (found.Failed(out var unknown, out var client) || !IsRegisteredFor(client, method))
        {
            await proofs.SpendAsync(proof, request.RemoteAddress, ct);
            return OAuthError.InvalidClient.Because(
                unknown?.Reason ?? $"the client is registered for {client!.TokenEndpointAuthMethod} and used {method}"
            );
        }

        // §2.3.1: limit wrong secrets per client and address. A secret verified within the last hour is exempt.
        if (await proofs.CheckAsync(proof, client, request.RemoteAddress, ct) is { } refused)
            return refused;
        await replacement.ReplaceInPassingAsync(client, proof);
        return client;
    }

    // §2.3.1: a secret proves the same by Basic and in the body, and shipping clients use both, whichever they registered. A public client with
    // a document that has keys may sign: it proves more than it must.
    private static bool IsRegisteredFor(Client client, string method) =>
        client.TokenEndpointAuthMethod == method
        || (OAuthClientAuthenticationMethods.IsSecret(client.TokenEndpointAuthMethod) && OAuthClientAuthenticationMethods.IsSecret(method))
        || (
            method == OAuthClientAuthenticationMethods.PrivateKeyJwt
            && client
                is { Provenance: ClientProvenance.Cimd, HasKeys: true, TokenEndpointAuthMethod: OAuthClientAuthenticationMethods.None }
        );

    // A host may have its own method of that name.
    private bool IsReplaced(IClientAuthentication method) =>
        method is PrivateKeyJwt && methods.Any(m => m is not PrivateKeyJwt && m.Method == method.Method);

    /// <summary>The method names, the ones without a proof first, as clients that take the first expect it.</summary>
    public IEnumerable<string> Methods =>
        methods.Select(m => m.Method).Where(settings.Allows).Distinct().OrderBy(m => m != OAuthClientAuthenticationMethods.None);
}
