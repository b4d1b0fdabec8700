using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;

namespace HQ.OAuth2;

/// <summary>One GET of a document at exactly its URL (draft-ietf-oauth-client-id-metadata-document §4).</summary>
internal sealed class DocumentFetcher(HttpMessageHandler handler, TimeProvider time) : IDisposable
{
    /// <summary>§6.6.</summary>
    public const int MaxBytes = 5 * 1024;

    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan ShortestLife = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(1);
    private static readonly TimeSpan usualLife = TimeSpan.FromMinutes(5);

    private readonly HttpMessageInvoker http = new(handler);

    /// <summary>What is there now, or <see cref="OAuthError.ClientDocumentUnavailable"/>. Never throws for what the other side does.</summary>
    /// <param name="url">Where it is.</param>
    /// <param name="slot">What counts this fetch as in flight; null = nothing does.</param>
    public async Task<Outcome<FetchedDocument>> FetchAsync(string url, FetchSlot? slot = null)
    {
        using var ended = new CancellationTokenSource(Timeout, time);
        try
        {
            return await FetchAsync(url, slot, ended.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return Unavailable(url, e is OperationCanceledException ? "it took too long" : e.Message);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<Outcome<FetchedDocument>> FetchAsync(string url, FetchSlot? slot, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.ParseAdd(MediaTypeNames.Application.Json);
        request.Headers.UserAgent.ParseAdd("HQ.OAuth2");
        if (slot is not null)
            request.Options.Set(FetchSlot.Key, slot);
        using var response = await http.SendAsync(request, ct);

        // §4: 200 and nothing else; no redirect is followed.
        if (response.StatusCode != HttpStatusCode.OK)
            return Unavailable(url, $"the answer was {(int)response.StatusCode}, not 200");
        // §4.1: JSON.
        if (!IsJson(response.Content.Headers.ContentType?.MediaType))
            return Unavailable(url, "the answer is not JSON by its content type");
        // §6.6: no byte more than a document may have.
        return await ReadAsync(response.Content, ct) is { } body
            ? new FetchedDocument(body, Life(response))
            : Unavailable(url, $"the answer is larger than {MaxBytes} bytes");
    }

    private static async Task<byte[]?> ReadAsync(HttpContent content, CancellationToken ct)
    {
        if (content.Headers.ContentLength > MaxBytes)
            return null;
        await using var stream = await content.ReadAsStreamAsync(ct);
        var buffer = new byte[MaxBytes + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return length > MaxBytes ? null : buffer[..length];
    }

    private static bool IsJson(string? type) =>
        string.Equals(type, MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
        || (type?.EndsWith("+json", StringComparison.OrdinalIgnoreCase) ?? false);

    // §4.4, RFC 9111 §4.2: what the answer says, within our own bounds.
    private TimeSpan Life(HttpResponseMessage response)
    {
        var control = response.Headers.CacheControl ?? new CacheControlHeaderValue();
        var said =
            control.NoStore || control.NoCache ? TimeSpan.Zero
            : control.MaxAge is { } age ? age - (response.Headers.Age ?? TimeSpan.Zero)
            : response.Content.Headers.Expires is { } expires ? expires - (response.Headers.Date ?? time.GetUtcNow())
            : usualLife;
        return said < ShortestLife ? ShortestLife
            : said > LongestLife ? LongestLife
            : said;
    }

    private static OAuthError Unavailable(string url, string reason) =>
        OAuthError.ClientDocumentUnavailable(UriText.DisplayHost(url)).Because(reason);
}

/// <summary>A document as it came.</summary>
/// <param name="Body">Its bytes, unread.</param>
/// <param name="FreshFor">How long nobody has to ask again.</param>
internal sealed record FetchedDocument(byte[] Body, TimeSpan FreshFor);
