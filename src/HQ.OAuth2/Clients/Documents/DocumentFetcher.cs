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

    /// <summary>
    /// Fetches the document, or returns <see cref="OAuthError.ClientDocumentUnavailable"/>. Never throws for a failure of the other side.
    /// </summary>
    /// <param name="url">The URL of the document.</param>
    /// <param name="slot">The slot that counts this fetch as in flight; null = the fetch is not counted.</param>
    /// <param name="maxBytes">The length up to which the document is read.</param>
    public async Task<Outcome<FetchedDocument>> FetchAsync(string url, FetchSlot? slot = null, int maxBytes = MaxBytes)
    {
        using var ended = new CancellationTokenSource(Timeout, time);
        try
        {
            return await FetchAsync(url, slot, maxBytes, ended.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return Unavailable(url, e is OperationCanceledException ? "it took too long" : e.Message);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<Outcome<FetchedDocument>> FetchAsync(string url, FetchSlot? slot, int maxBytes, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.ParseAdd(MediaTypeNames.Application.Json);
        request.Headers.UserAgent.ParseAdd("HQ.OAuth2");
        if (slot is not null)
            request.Options.Set(FetchSlot.Key, slot);
        using var response = await http.SendAsync(request, ct);

        // §4: only the status 200 is accepted; no redirect is followed.
        if (response.StatusCode != HttpStatusCode.OK)
            return Unavailable(url, $"the answer was {(int)response.StatusCode}, not 200");
        // §4.1: the content type must be JSON.
        if (!IsJson(response.Content.Headers.ContentType?.MediaType))
            return Unavailable(url, "the answer is not JSON by its content type");
        // §6.6: read no more bytes than a document may have.
        return await ReadAsync(response.Content, maxBytes, ct) is { } body
            ? new FetchedDocument(body, Life(response))
            : Unavailable(url, $"the answer is larger than {maxBytes} bytes");
    }

    private static async Task<byte[]?> ReadAsync(HttpContent content, int maxBytes, CancellationToken ct)
    {
        if (content.Headers.ContentLength > maxBytes)
            return null;
        await using var stream = await content.ReadAsStreamAsync(ct);
        var buffer = new byte[maxBytes + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return length > maxBytes ? null : buffer[..length];
    }

    private static bool IsJson(string? type) =>
        string.Equals(type, MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
        || (type?.EndsWith("+json", StringComparison.OrdinalIgnoreCase) ?? false);

    // §4.4, RFC 9111 §4.2: the answer says how long it is fresh, within our own limits.
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

/// <summary>A fetched document.</summary>
/// <param name="Body">Its bytes, not yet parsed.</param>
/// <param name="FreshFor">How long it need not be fetched again.</param>
internal sealed record FetchedDocument(byte[] Body, TimeSpan FreshFor);
