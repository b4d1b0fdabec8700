using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace HQ.OAuth2.Tests;

/// <summary>The web as far as metadata documents go: answers by URL, and who asked for what. What is not published is 404.</summary>
internal sealed class PublishedDocuments : HttpMessageHandler
{
    private readonly ConcurrentDictionary<string, Func<CancellationToken, Task<HttpResponseMessage>>> answers = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<HttpRequestMessage> requests = new();

    /// <summary>Every request, in order.</summary>
    public IReadOnlyList<HttpRequestMessage> Requests => [.. requests];

    public int Fetches => requests.Count;

    public void Publish(string url, string json, string? cacheControl = null, string type = "application/json") =>
        Answer(
            url,
            () =>
            {
                var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) };
                answer.Content.Headers.TryAddWithoutValidation("Content-Type", type);
                if (cacheControl is not null)
                    answer.Headers.TryAddWithoutValidation("Cache-Control", cacheControl);
                return answer;
            }
        );

    public void Answer(string url, Func<HttpResponseMessage> answer) => answers[url] = _ => Task.FromResult(answer());

    public void Answer(string url, Func<CancellationToken, Task<HttpResponseMessage>> answer) => answers[url] = answer;

    public void Fail(string url, HttpStatusCode status = HttpStatusCode.InternalServerError) => Answer(url, () => new(status));

    /// <summary>A document as small as one may be.</summary>
    public static string Minimal(string url, string redirectUri = "https://app.example.com/cb", string more = "") =>
        $$"""{"client_id":"{{url}}","client_name":"Some app","redirect_uris":["{{redirectUri}}"]{{more}}}""";

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        requests.Enqueue(request);
        return answers.TryGetValue(request.RequestUri!.OriginalString, out var answer)
            ? answer(cancellationToken)
            : Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound));
    }
}
