using System.Security.Cryptography;
using System.Text;

namespace HQ.OAuth2;

/// <summary>The client registration endpoint (RFC 7591 §3).</summary>
internal sealed class RegistrationEndpoint(ClientRegistrar registrar, RequestLimits limits, ServerSettings settings)
{
    public async ValueTask<Outcome<RegistrationResponse>> HandleAsync(
        IReadOnlyList<string> authorization,
        ReadOnlyMemory<byte> body,
        string? remoteAddress,
        CancellationToken ct
    )
    {
        // §5: before anything is read or hashed.
        if (!limits.TryRegister(remoteAddress))
            return OAuthError.TooManyRequests.Because("limits:registrationsPerMinute is reached for this address");

        // §3: an initial access token, where the host demands one.
        if (settings.Options.InitialAccessTokens.Count > 0)
        {
            if (BearerTokens.Read(authorization).Failed(out var missing, out var token))
                return missing;
            if (!settings.Options.InitialAccessTokens.Any(t => AreEqual(t, token)))
                return OAuthError.InvalidToken.Because("the initial access token is not in initialAccessTokens");
        }

        // §3.1: one JSON object.
        if (ClientMetadataJson.Parse(body).Failed(out var malformed, out var metadata))
            return malformed;

        // §2, §5: the values, checked as they will be registered; §3.2.1: a fresh id, a secret where one is used.
        if ((await registrar.SelfRegisterAsync(metadata, ct)).Failed(out var refused, out var registered))
            return refused;

        // §3.2.1: everything that was registered, substituted values too.
        return RegistrationResponse.Of(registered, settings.Issuer);
    }

    private static bool AreEqual(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(
            IssuedText.Hash(Encoding.UTF8.GetBytes(one)),
            IssuedText.Hash(Encoding.UTF8.GetBytes(other))
        );
}
