using System.Security.Cryptography;
using HQ.OAuth2;

namespace Extensions;

/// <summary>
/// Clients that prove themselves by a TLS certificate, which the proxy has checked the possession of and passes on in a header. The
/// thumbprint of each client's certificate is in the configuration (<c>certificates</c>).
/// </summary>
internal sealed class CertificateAuthentication(IHttpContextAccessor http, IConfiguration configuration) : IClientAuthentication
{
    public string Method => "self_signed_tls_client_auth";

    // Null when the request has no certificate, or does not name a client: then it uses another method.
    public ClientProof? Read(OAuthRequest request) =>
        http.HttpContext?.Connection.ClientCertificate is { } certificate && request.Parameters["client_id"] is { } clientId
            ? new Proof(clientId, certificate.GetCertHash(HashAlgorithmName.SHA256), configuration[$"certificates:{clientId}"])
            : null;

    private sealed class Proof(string clientId, byte[] presented, string? registered) : ClientProof(clientId)
    {
        // Nobody can guess a certificate, so there is nothing to limit.
        public override ValueTask<bool> IsKnownAsync(Client client, CancellationToken ct) => IsOfAsync(client, ct);

        public override ValueTask<bool> IsOfAsync(Client client, CancellationToken ct) =>
            new(registered is not null && CryptographicOperations.FixedTimeEquals(presented, Convert.FromHexString(registered)));
    }
}

/// <summary>Takes the proxy's header for the connection's certificate, from the proxy and from nobody else.</summary>
internal static class ForwardedCertificates
{
    private const string Header = "X-Client-Cert";

    public static void AddForwardedCertificates(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddCertificateForwarding(options => options.CertificateHeader = Header);
    }

    /// <summary>Before <c>UseForwardedHeaders</c>, which replaces the address of the proxy by that of its caller.</summary>
    public static void UseForwardedCertificates(this WebApplication app, IEnumerable<string> proxies)
    {
        var known = proxies.Select(System.Net.IPNetwork.Parse).ToArray();
        app.Use(
            (context, next) =>
            {
                if (context.Connection.RemoteIpAddress is not { } from || !known.Any(network => network.Contains(from)))
                    context.Request.Headers.Remove(Header);
                return next(context);
            }
        );
        app.UseCertificateForwarding();
    }
}
