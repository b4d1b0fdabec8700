using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary><c>private_key_jwt</c> (OpenID Connect Core 1.0 §9; RFC 7523 §2.2): the client signs a JWT by its private key.</summary>
/// <param name="services">Makes the check; asked for requests with an assertion only, since the check needs a store.</param>
internal sealed class PrivateKeyJwt(IServiceProvider services) : IClientAuthentication
{
    public string Method => OAuthClientAuthenticationMethods.PrivateKeyJwt;

    public ClientProof? Read(OAuthRequest request)
    {
        var (type, text) = (request.Parameters["client_assertion_type"], request.Parameters["client_assertion"]);
        // Another type is for another method.
        if (type is not null ? type != ClientAssertion.AssertionType : text is null)
            return null;
        return new AssertionProof(
            type is not null && text is not null ? ClientAssertion.Read(text) : null,
            services.GetRequiredService<AssertionCheck>
        );
    }
}

/// <summary>The assertion of one request. Whatever is asked, it is checked once, and so spent once.</summary>
internal sealed class AssertionProof(ClientAssertion? assertion, Func<AssertionCheck> check) : ClientProof(assertion?.ClientId)
{
    private bool isChecked;
    private OAuthError? refused;

    internal override bool IsSlow => false;

    /// <summary>
    /// Whether it is right by keys that are at hand. A signature is verified before any limit counts: wrong ones of a stranger must not keep a
    /// right one out.
    /// </summary>
    public override async ValueTask<bool> IsKnownAsync(Client client, CancellationToken ct)
    {
        await CheckAsync(client, mayFetch: false, ct);
        return isChecked && refused is null;
    }

    public override async ValueTask<bool> IsOfAsync(Client client, CancellationToken ct) => await CheckAsync(client, ct) is null;

    public override ValueTask<OAuthError?> CheckAsync(Client client, CancellationToken ct) => CheckAsync(client, mayFetch: true, ct);

    private async ValueTask<OAuthError?> CheckAsync(Client client, bool mayFetch, CancellationToken ct)
    {
        if (isChecked)
            return refused;
        var error = assertion is null
            ? OAuthError.InvalidClient.Because("the assertion cannot be read")
            : await check().CheckAsync(assertion, client, mayFetch, ct);
        // Without the keys nothing is known yet.
        isChecked = mayFetch || error?.Id != OAuthError.ClientKeysUnavailable.Id;
        return refused = error;
    }
}
