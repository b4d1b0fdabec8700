using System.Buffers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>The one place where HTTP requests become values of the core and its answers become bytes.</summary>
internal static class OAuthHttp
{
    private const string BasicChallenge = "Basic realm=\"oauth2\", charset=\"UTF-8\"";
    private const string BearerChallenge = "Bearer realm=\"oauth2\"";

    /// <summary>A back-channel request: form body, query and Authorization header.</summary>
    public static async ValueTask<Outcome<OAuthRequest>> ReadAsync(HttpContext http)
    {
        if ((await ReadFormAsync(http)).Failed(out var badForm, out var form))
            return badForm;
        if (ReadQuery(http).Failed(out var badQuery, out var query))
            return badQuery;
        return new OAuthRequest
        {
            Parameters = form,
            Query = query,
            Authorization = Authorization(http),
            Proofs = Proofs(http),
            RemoteAddress = RemoteAddress(http),
        };
    }

    public static Outcome<OAuthParameters> ReadQuery(HttpContext http)
    {
        if (http.Request.QueryString.Value is not { Length: > 1 } query)
            return OAuthParameters.Empty;
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(query.Length));
        try
        {
            return OAuthParameters.Parse(bytes.AsSpan(0, Encoding.UTF8.GetBytes(query.AsSpan(1), bytes)));
        }
        finally
        {
            // The query of a wrong request may have held a secret.
            ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
        }
    }

    /// <summary>The form body, read by our own rules: raw pairs, strict decoding, and a size limit before anything is parsed.</summary>
    public static async ValueTask<Outcome<OAuthParameters>> ReadFormAsync(HttpContext http)
    {
        if (!IsOfType(http, "application/x-www-form-urlencoded"))
            return OAuthError.NotAForm;
        return (await ReadBodyAsync(http)).Failed(out var error, out var body) ? error : OAuthParameters.Parse(body);
    }

    public static async ValueTask<Outcome<byte[]>> ReadJsonAsync(HttpContext http) =>
        IsOfType(http, "application/json") ? await ReadBodyAsync(http) : OAuthError.NotAJsonObject;

    /// <summary>The key for limits: an address, or the network of 64 bits of an IPv6 address, which has one owner.</summary>
    public static string? RemoteAddress(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { } address)
            return null;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }

    public static IReadOnlyList<string> Authorization(HttpContext http) => [.. http.Request.Headers.Authorization.OfType<string>()];

    /// <summary>The values of the DPoP header (RFC 9449 §4.1); null = there is none.</summary>
    public static IReadOnlyList<string>? Proofs(HttpContext http) =>
        http.Request.Headers.TryGetValue(RequestProofs.Header, out var sent) && sent.Count > 0 ? [.. sent.OfType<string>()] : null;

    /// <summary>RFC 6749 §5.2, RFC 6750 §3: status, challenge, and a JSON body whatever the status is.</summary>
    public static Task WriteErrorAsync(HttpContext http, OAuthError error)
    {
        if (error.Status == StatusCodes.Status401Unauthorized)
            http.Response.Headers.WWWAuthenticate = Challenge(http, error);
        SayWhenToRetry(http, error.Status);
        return WriteErrorBodyAsync(http, error);
    }

    /// <summary>Writes the JSON body of an error after its headers.</summary>
    public static Task WriteErrorBodyAsync(HttpContext http, OAuthError error) =>
        WriteJsonAsync(
            http,
            error.Status,
            JsonSerializer.SerializeToUtf8Bytes(
                new ErrorResponse(error.Code, error.Describe(Settings(http).ErrorDetail), error.Explanation(Settings(http).ErrorDetail)),
                OAuthJson.Default.ErrorResponse
            )
        );

    // RFC 6749 §5.2: Basic for a client that tried the Authorization header. Without that header the caller may be a script in a browser, and a
    // browser asks its user for a password upon Basic, Digest, NTLM and Negotiate. A 401 must have a challenge (RFC 9110 §11.6.1); Bearer is the
    // registered scheme for which no browser asks. Its error codes (RFC 6750 §3.1) are about tokens, not about clients.
    private static string Challenge(HttpContext http, OAuthError error) =>
        error.Code == OAuthError.InvalidClient.Code && Authorization(http).Count > 0 ? BasicChallenge
        : error.Code == OAuthError.InvalidClient.Code || error == OAuthError.TokenMissing ? BearerChallenge
        : $"{BearerChallenge}, error=\"{error.Code}\"";

    /// <summary>JSON that must not be cached (RFC 6749 §5.1).</summary>
    public static Task WriteJsonAsync(HttpContext http, int status, ReadOnlyMemory<byte> json, string contentType = "application/json")
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.Pragma = "no-cache";
        return WriteBytesAsync(http, status, json, contentType);
    }

    /// <summary>JSON that any cache may keep for a while: the discovery documents.</summary>
    public static Task WriteDocumentAsync(HttpContext http, ReadOnlyMemory<byte> json)
    {
        http.Response.Headers.CacheControl = "public, max-age=300";
        return WriteBytesAsync(http, StatusCodes.Status200OK, json, "application/json");
    }

    public static ServerSettings Settings(HttpContext http) => http.RequestServices.GetRequiredService<ServerSettings>();

    private static async Task WriteBytesAsync(HttpContext http, int status, ReadOnlyMemory<byte> json, string contentType)
    {
        // All or nothing: a write that is given up may leave its bytes in a buffer, before those of another answer.
        http.RequestAborted.ThrowIfCancellationRequested();
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = json.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
            await http.Response.Body.WriteAsync(json, CancellationToken.None);
    }

    /// <summary>RFC 9110 §10.2.3: a limit per minute is free again after a minute at the latest, a failure of this server earlier.</summary>
    public static void SayWhenToRetry(HttpContext http, int status)
    {
        if (status == StatusCodes.Status429TooManyRequests)
            http.Response.Headers.RetryAfter = "60";
        else if (status == StatusCodes.Status503ServiceUnavailable)
            http.Response.Headers.RetryAfter = "5";
    }

    // Parameters are ignored: a form and JSON are UTF-8 even if charset says otherwise (RFC 6749 Appendix B, RFC 8259 §11), and other bytes are
    // refused where they are decoded.
    private static bool IsOfType(HttpContext http, string type) =>
        http.Request.Headers.ContentType is [{ } sent] && MediaType(sent).Equals(type, StringComparison.OrdinalIgnoreCase);

    private static ReadOnlySpan<char> MediaType(string sent) =>
        sent.AsSpan(0, sent.IndexOf(';', StringComparison.Ordinal) is >= 0 and var end ? end : sent.Length).Trim();

    private static async ValueTask<Outcome<byte[]>> ReadBodyAsync(HttpContext http)
    {
        if (http.Request.ContentLength > OAuthParameters.MaxBytes)
            return OAuthError.RequestTooLarge;
        // One byte more than may come: it is read only when the body is too long.
        var room = (int)(http.Request.ContentLength ?? OAuthParameters.MaxBytes) + 1;
        var buffer = ArrayPool<byte>.Shared.Rent(room);
        var length = 0;
        try
        {
            while (length < room)
            {
                var read = await http.Request.Body.ReadAsync(buffer.AsMemory(length, room - length), http.RequestAborted);
                if (read == 0)
                    return buffer[..length];
                length += read;
            }

            return OAuthError.RequestTooLarge;
        }
        catch (BadHttpRequestException e)
        {
            return e.StatusCode == StatusCodes.Status413PayloadTooLarge ? OAuthError.RequestTooLarge : OAuthError.NotAForm;
        }
        finally
        {
            // The body had secrets; the rest of the buffer, which may be long, is clean.
            buffer.AsSpan(0, length).Clear();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
