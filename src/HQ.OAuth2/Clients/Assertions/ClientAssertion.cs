using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace HQ.OAuth2;

/// <summary>
/// A JWT by which a client says who it is (RFC 7523 §2.2, §3, as draft-ietf-oauth-rfc7523bis §4 changes it): the rules about its content. Nothing
/// in it is believed before its signature is verified.
/// </summary>
internal sealed class ClientAssertion
{
    /// <summary>The value of <c>client_assertion_type</c>.</summary>
    public const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>How far ahead the end of an assertion may be, and how long ago it may have been made.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromMinutes(10);

    /// <summary>How far the clock of a client may differ.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    // A node whose clock is ahead must not remove the note of an assertion that another node still accepts.
    private static readonly TimeSpan clockMargin = TimeSpan.FromMinutes(5);

    private const string MediaType = "application/";

    // An explicit type is optional; one of another kind of JWT is refused (RFC 8725 §3.11).
    private static readonly string[] types = ["JWT", "client-authentication+jwt"];

    private ClientAssertion(SignedJwt jwt, string clientId) => (Jwt, ClientId) = (jwt, clientId);

    /// <summary>The JWT.</summary>
    public SignedJwt Jwt { get; }

    /// <summary>The client that it says it is of: its subject.</summary>
    public string ClientId { get; }

    /// <summary>Reads an assertion; null when it is no JWT that is read here, or names no subject.</summary>
    public static ClientAssertion? Read(string text) =>
        SignedJwt.Read(text) is { } jwt && jwt.Text("sub") is { Length: > 0 } clientId ? new(jwt, clientId) : null;

    /// <summary>The rule of §3 that it breaks, for the log; null when it breaks none. Its signature is another question.</summary>
    /// <param name="client">The client, whose id is <see cref="ClientId"/>.</param>
    /// <param name="settings">The issuer, and whether old clients may name the token endpoint.</param>
    /// <param name="now">The time.</param>
    public string? Problem(Client client, ServerSettings settings, DateTimeOffset now) =>
        !IsOfType(Jwt.Type) ? "the assertion has the typ of another kind of JWT"
        : client.TokenEndpointAuthSigningAlg is { } registered && registered != Jwt.Algorithm
            ? $"the assertion is signed by {Jwt.Algorithm}, and the client is registered for token_endpoint_auth_signing_alg {registered}"
        : !settings.ClientAlgorithms.Contains(Jwt.Algorithm) ? $"the profile of this server does not allow {Jwt.Algorithm}"
        // Items 1 and 2: issuer and subject are the client.
        : Jwt.Text("iss") != client.ClientId || ClientId != client.ClientId ? "iss and sub of the assertion must be the client_id"
        // Item 3: the issuer of this server, alone.
        : !IsForUs(settings) ? $"aud of the assertion must be the issuer, {settings.Issuer.Value}, and nothing else"
        : TimeProblem(now)
            // Item 7: it is used once.
            ?? (string.IsNullOrEmpty(Jwt.Text("jti")) ? "the assertion has no jti" : null);

    /// <summary>The name of the note that it was used. The ids of one client say nothing about those of another.</summary>
    public string TicketKey() =>
        "jti:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{ClientId}\n{Jwt.Text("jti")}")));

    /// <summary>Until when it must be known that it was used; asked about one that has no <see cref="Problem"/>.</summary>
    public DateTimeOffset UsedUntil() => Jwt.TryGetTime("exp", out var end) ? end!.Value + Skew + clockMargin : default;

    private static bool IsOfType(string? type) =>
        type is null
        || types.Contains(
            type.StartsWith(MediaType, StringComparison.OrdinalIgnoreCase) ? type[MediaType.Length..] : type,
            StringComparer.OrdinalIgnoreCase
        );

    // A value for several servers could be used by one of them at another. Compared as plain strings.
    private bool IsForUs(ServerSettings settings)
    {
        if (Jwt.Claim("aud") is not { } audience)
            return false;
        return audience.ValueKind switch
        {
            JsonValueKind.String => IsOurs(audience, settings),
            // FAPI 2.0 §5.3.2.1: as a string.
            JsonValueKind.Array when settings.IsFapi2 => false,
            JsonValueKind.Array => audience.GetArrayLength() == 1
                ? IsOurs(audience[0], settings)
                : settings.Options.AcceptTokenEndpointAudience
                    && audience.GetArrayLength() > 0
                    && audience.EnumerateArray().All(a => IsOurs(a, settings)),
            _ => false,
        };
    }

    private static bool IsOurs(JsonElement audience, ServerSettings settings) =>
        SignedJwt.Text(audience) is { } named
        && (
            named == settings.Issuer.Value
            || (settings.Options.AcceptTokenEndpointAudience && named == settings.Issuer.Url(settings.Issuer.TokenPath))
        );

    // Items 4 to 6. What is no time counts as a wrong one, not as an absent one.
    private string? TimeProblem(DateTimeOffset now) =>
        !Jwt.TryGetTime("exp", out var end) || end is null ? "the assertion has no exp"
        : end <= now - Skew ? "the assertion has expired"
        : end > now + MaxLifetime + Skew ? $"exp of the assertion is more than {MaxLifetime.TotalMinutes} minutes ahead"
        : !Jwt.TryGetTime("nbf", out var start) || start > now + Skew ? "the assertion is not valid yet (nbf)"
        : !Jwt.TryGetTime("iat", out var made) || made > now + Skew ? "the assertion was made in the future (iat)"
        : made < now - MaxLifetime - Skew ? $"the assertion was made more than {MaxLifetime.TotalMinutes} minutes ago (iat)"
        : null;
}
