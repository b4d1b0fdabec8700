using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>Tokens at an API elsewhere: the server says whether one counts (RFC 7662 §2).</summary>
internal sealed class HqOAuth2IntrospectionHandler(
    IOptionsMonitor<HqOAuth2IntrospectionOptions> options,
    IOptions<HqOAuth2Options> server,
    IntrospectionMemory memory,
    ProtectedResources resources,
    TimeProvider time,
    ILoggerFactory logger,
    UrlEncoder encoder
) : BearerHandler<HqOAuth2IntrospectionOptions>(options, server, resources, logger, encoder)
{
    private const int MaxLength = 16 * 1024;

    protected override IEnumerable<string> Mine => Options.Resources;

    protected override async ValueTask<Outcome<AccessToken>> VerifyAsync(string text, CancellationToken ct)
    {
        if (text.Length > MaxLength)
            return OAuthError.InvalidToken;
        var key = Scheme.Name + ' ' + Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(text)));
        var now = time.GetUtcNow();
        if (!memory.TryGet(key, now, out var known))
        {
            if ((await AskAsync(text, ct)).Failed(out var unavailable, out known))
                return unavailable;
            memory.Set(key, known, now, Options.CacheFor);
        }

        return known.Token is { } token && now < token.ExpiresAt ? token : OAuthError.InvalidToken;
    }

    private async Task<Outcome<IntrospectedToken>> AskAsync(string text, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Options.Endpoint);
            request.Content = new FormUrlEncodedContent([new("token", text)]);
            request.Headers.Accept.ParseAdd("application/json");
            request.Headers.Authorization = new("Basic", Credentials());
            using var response = await Options.Backchannel!.SendAsync(request, ct);
            if (response.StatusCode == HttpStatusCode.OK)
                return IntrospectedToken.Read(await response.Content.ReadAsByteArrayAsync(ct), Options.Issuer!);
            Logger.IntrospectionRefused(Options.Endpoint, (int)response.StatusCode);
        }
        catch (Exception e)
            when (e is HttpRequestException or JsonException or InvalidOperationException
                || (e is OperationCanceledException && !ct.IsCancellationRequested)
            )
        {
            Logger.IntrospectionFailed(e, Options.Endpoint);
        }

        return OAuthError.TemporarilyUnavailable;
    }

    // RFC 6749 §2.3.1: form-encoded, then base64.
    private string Credentials() =>
        Convert.ToBase64String(
            Encoding.ASCII.GetBytes($"{FormEncoding.Encode(Options.ClientId!)}:{FormEncoding.Encode(Options.ClientSecret!)}")
        );
}

/// <summary>What the server said of a token; null = it does not count.</summary>
internal sealed record IntrospectedToken(AccessToken? Token)
{
    // The last one that a date can have.
    private const long LastSecond = 253_402_300_799;

    private static readonly IntrospectedToken inactive = new((AccessToken?)null);

    /// <summary>Reads an answer (RFC 7662 §2.2). What lacks an end, an audience or a client, or has another issuer, does not count.</summary>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    public static IntrospectedToken Read(byte[] body, string issuer)
    {
        using var document = JsonDocument.Parse(body);
        var json = document.RootElement;
        if (json.ValueKind != JsonValueKind.Object)
            throw new JsonException("The answer is no object.");
        if (
            !json.TryGetProperty("active", out var active)
            || active.ValueKind != JsonValueKind.True
            || (Text(json, "iss") is { } iss && iss != issuer)
            || Text(json, "client_id") is not { } clientId
            || Time(json, "exp") is not { } expiresAt
            || ScopeSet.Parse(Text(json, "scope")).Failed(out _, out var scope)
        )
            return inactive;
        return new(
            new AccessToken
            {
                Subject = Text(json, "sub") ?? clientId,
                ClientId = clientId,
                Audience = Audience(json),
                Scope = scope,
                JwtId = Text(json, "jti") ?? "",
                IssuedAt = Time(json, "iat") ?? DateTimeOffset.UnixEpoch,
                ExpiresAt = expiresAt,
                AuthorizationId = null,
            }
        );
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DateTimeOffset? Time(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var seconds)
        && seconds is >= 0 and <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static string[] Audience(JsonElement json) =>
        !json.TryGetProperty("aud", out var aud) ? []
        : aud.ValueKind == JsonValueKind.Array
            ? [.. aud.EnumerateArray().Where(a => a.ValueKind == JsonValueKind.String).Select(a => a.GetString()!)]
        : Text(json, "aud") is { } only ? [only]
        : [];
}

/// <summary>What a process remembers of the server's answers, by a hash of the token.</summary>
internal sealed class IntrospectionMemory
{
    private readonly BoundedMemory<IntrospectedToken> answers = new(limit: 10_000);

    public bool TryGet(
        string key,
        DateTimeOffset now,
        [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out IntrospectedToken known
    ) => answers.TryGet(key, now, out known);

    public void Set(string key, IntrospectedToken known, DateTimeOffset now, TimeSpan life) => answers.Set(key, known, now, life);
}
