using System.IO.Pipelines;
using System.Net;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.Time.Testing;

namespace HQ.OAuth2;

internal sealed class DocumentFetcherTests
{
    private const string Url = "https://app.example.com/client.json";

    private PublishedDocuments web = null!;
    private DocumentFetcher fetcher = null!;

    [SetUp]
    public void A_web() => fetcher = new(web = new(), TimeProvider.System);

    [TearDown]
    public void Close() => fetcher.Dispose();

    [Test, Rfc("CIMD-4-1")]
    public async Task One_GET_goes_to_exactly_the_URL_and_says_nothing_of_anybody()
    {
        web.Publish(Url, "{}");

        (await fetcher.FetchAsync(Url)).Value.Body.Should().Equal("{}"u8.ToArray());

        var request = web.Requests.Should().ContainSingle().Subject;
        (request.Method, request.RequestUri!.OriginalString, request.Content).Should().Be((HttpMethod.Get, Url, null));
        request.Headers.Select(h => h.Key).Should().BeEquivalentTo("Accept", "User-Agent");
    }

    [TestCase(201)]
    [TestCase(202)]
    [TestCase(204)]
    [TestCase(206)]
    [TestCase(304)]
    [TestCase(400)]
    [TestCase(404)]
    [TestCase(410)]
    [TestCase(500)]
    [TestCase(503)]
    [Rfc("CIMD-4-2")]
    public async Task Only_200_counts(int status)
    {
        web.Answer(Url, () => Json((HttpStatusCode)status));

        await UnavailableAsync($"{status}");
    }

    [TestCase(301)]
    [TestCase(302)]
    [TestCase(303)]
    [TestCase(307)]
    [TestCase(308)]
    [Rfc("CIMD-4-3")]
    public async Task No_redirect_is_followed(int status)
    {
        const string other = "https://other.example.com/client.json";
        web.Publish(other, "{}");
        web.Answer(
            Url,
            () =>
            {
                var answer = Json((HttpStatusCode)status);
                answer.Headers.Location = new Uri(other);
                return answer;
            }
        );

        await UnavailableAsync($"{status}");
        web.Requests.Should().ContainSingle();
        DocumentTransport.Handler(allowLoopback: false).AllowAutoRedirect.Should().BeFalse();
    }

    [Test, Rfc("CIMD-4-1")]
    public void The_transport_takes_no_proxy_no_cookies_and_no_credentials()
    {
        using var handler = DocumentTransport.Handler(allowLoopback: false);

        (handler.UseProxy, handler.UseCookies, handler.Credentials, handler.AutomaticDecompression)
            .Should()
            .Be((false, false, null, DecompressionMethods.None));
    }

    [TestCase("application/json", true)]
    [TestCase("Application/JSON; charset=utf-8", true)]
    [TestCase("application/oauth-client+json", true)]
    [TestCase("text/html", false)]
    [TestCase("text/plain", false)]
    [TestCase("application/jsonp", false)]
    [TestCase("application/octet-stream", false)]
    [Rfc("CIMD-4.1-2")]
    public async Task Only_JSON_counts(string type, bool counts)
    {
        web.Publish(Url, "{}", type: type);

        ((await fetcher.FetchAsync(Url)).Error is null).Should().Be(counts);
    }

    [Test, Rfc("CIMD-4.1-2")]
    public async Task An_answer_that_does_not_say_what_it_is_does_not_count()
    {
        web.Answer(Url, () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent("{}"u8.ToArray()) });

        await UnavailableAsync("content type");
    }

    [TestCase(5 * 1024, true)]
    [TestCase(5 * 1024 + 1, false)]
    [Rfc("CIMD-6.6-1")]
    public async Task A_document_has_five_kilobytes_at_most(int length, bool counts)
    {
        web.Publish(Url, new string(' ', length));

        ((await fetcher.FetchAsync(Url)).Error is null).Should().Be(counts);
    }

    [Test, Rfc("CIMD-6.6-1")]
    public async Task Reading_stops_at_the_limit_when_the_length_is_not_said()
    {
        // Never ends: who waits for the end is given up after a while, and says so.
        var endless = new Pipe();
        await endless.Writer.WriteAsync(new byte[DocumentFetcher.MaxBytes + 1]);
        web.Answer(Url, () => Json(HttpStatusCode.OK, new StreamContent(endless.Reader.AsStream())));

        await UnavailableAsync("larger");
    }

    [Test, Rfc("CIMD-4.3-1")]
    public async Task A_failure_below_HTTP_throws_no_exception()
    {
        foreach (var failure in new Exception[] { new HttpRequestException("no such host"), new IOException("reset") })
        {
            web.Answer(Url, _ => Task.FromException<HttpResponseMessage>(failure));
            await UnavailableAsync(failure.Message);
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    [Rfc("CIMD-4.3-1")]
    public async Task A_slow_answer_is_given_up_after_five_seconds(bool inTheBody)
    {
        var clock = new FakeTimeProvider();
        using var patient = new DocumentFetcher(web, clock);
        web.Answer(
            Url,
            async ct =>
            {
                if (inTheBody)
                    return Json(HttpStatusCode.OK, new StreamContent(new Pipe().Reader.AsStream()));
                await Task.Delay(Timeout.Infinite, ct);
                throw new NotSupportedException();
            }
        );

        var fetch = patient.FetchAsync(Url);
        clock.Advance(DocumentFetcher.Timeout - TimeSpan.FromTicks(1));
        fetch.IsCompleted.Should().BeFalse();
        clock.Advance(TimeSpan.FromTicks(1));

        (await fetch.WaitAsync(TimeSpan.FromSeconds(20))).Error!.Reason.Should().Contain("too long");
    }

    [TestCase(null, 300)]
    [TestCase("max-age=600", 600)]
    [TestCase("public, max-age=600, stale-while-revalidate=99", 600)]
    [TestCase("max-age=1", 60)]
    [TestCase("max-age=0", 60)]
    [TestCase("no-store", 60)]
    [TestCase("no-cache, max-age=600", 60)]
    [TestCase("max-age=31536000", 86400)]
    [TestCase("max-age=nonsense", 300)]
    [Rfc("CIMD-4.4-1")]
    public async Task It_is_fresh_for_as_long_as_the_answer_says_within_bounds(string? cacheControl, int seconds)
    {
        web.Publish(Url, "{}", cacheControl);

        (await fetcher.FetchAsync(Url)).Value.FreshFor.Should().Be(TimeSpan.FromSeconds(seconds));
    }

    [Test, Rfc("CIMD-4.4-1")]
    public async Task The_age_in_a_shared_cache_shortens_the_freshness()
    {
        web.Answer(
            Url,
            () =>
            {
                var answer = Json(HttpStatusCode.OK);
                answer.Headers.CacheControl = new() { MaxAge = TimeSpan.FromMinutes(10) };
                answer.Headers.Age = TimeSpan.FromMinutes(7);
                return answer;
            }
        );
        (await fetcher.FetchAsync(Url)).Value.FreshFor.Should().Be(TimeSpan.FromMinutes(3));

        web.Answer(
            Url,
            () =>
            {
                var answer = Json(HttpStatusCode.OK);
                answer.Headers.Date = TestClock.Start;
                answer.Content.Headers.Expires = TestClock.Start.AddMinutes(20);
                return answer;
            }
        );
        (await fetcher.FetchAsync(Url)).Value.FreshFor.Should().Be(TimeSpan.FromMinutes(20));
    }

    private async Task UnavailableAsync(string reason)
    {
        var error = (await fetcher.FetchAsync(Url)).Error!;
        (error.Id, error.Code, error.Status).Should().Be(("HQ1054", "invalid_client", 400));
        error.Description.Should().Contain("app.example.com");
        error.Reason.Should().Contain(reason);
    }

    private static HttpResponseMessage Json(HttpStatusCode status, HttpContent? content = null)
    {
        var answer = new HttpResponseMessage(status) { Content = content ?? new ByteArrayContent("{}"u8.ToArray()) };
        answer.Content.Headers.ContentType = new("application/json");
        return answer;
    }
}
