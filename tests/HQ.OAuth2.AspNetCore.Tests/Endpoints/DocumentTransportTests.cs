using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The real way to a document: TLS over a real socket, to a host that does its worst.</summary>
internal sealed class DocumentTransportTests
{
    private WebApplication site = null!;
    private SocketsHttpHandler handler = null!;
    private DocumentFetcher fetcher = null!;
    private string origin = "";
    private int redirectsFollowed;
    private string? agent;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        var certificate = X509CertificateLoader.LoadPkcs12(
            request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1)).Export(X509ContentType.Pfx),
            null
        );
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, o => o.UseHttps(certificate)));
        site = builder.Build();
        site.MapGet(
            "/client.json",
            (HttpContext http) =>
            {
                agent = $"{http.Request.Headers.UserAgent} {http.Request.Headers.Cookie}{http.Request.Headers.Authorization}";
                return Results.Text(PublishedDocuments.Minimal(origin + "/client.json"), "application/json");
            }
        );
        site.MapGet("/redirect", () => Results.Redirect("/followed"));
        site.MapGet("/followed", () => Interlocked.Increment(ref redirectsFollowed));
        site.MapGet("/endless", (RequestDelegate)EndlessAsync);
        site.MapGet("/silent", (HttpContext http) => Task.Delay(Timeout.Infinite, http.RequestAborted));
        site.MapGet("/packed", (RequestDelegate)PackedAsync);
        await site.StartAsync();
        origin = $"https://app.example.com:{new Uri(site.Urls.Single()).Port}";

        handler = DocumentTransport.Handler(allowLoopback: true, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.Thumbprint;
        fetcher = new(handler, TimeProvider.System);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        fetcher.Dispose();
        handler.Dispose();
        await site.DisposeAsync();
    }

    [Test, Rfc("CIMD-4-1")]
    public async Task A_document_arrives()
    {
        var fetched = (await fetcher.FetchAsync(origin + "/client.json")).Value;

        Encoding.UTF8.GetString(fetched.Body).Should().Be(PublishedDocuments.Minimal(origin + "/client.json"));
        agent.Should().Be("HQ.OAuth2 ");
    }

    [Test, Rfc("CIMD-4.3-1")]
    public async Task A_certificate_that_nobody_vouches_for_is_no_way()
    {
        using var strict = DocumentTransport.Handler(allowLoopback: true, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));
        using var wary = new DocumentFetcher(strict, TimeProvider.System);

        (await wary.FetchAsync(origin + "/client.json")).Error!.Reason.Should().Contain("SSL");
    }

    [Test, Rfc("CIMD-4-3")]
    public async Task A_redirect_is_not_followed()
    {
        (await fetcher.FetchAsync(origin + "/redirect")).Error!.Reason.Should().Contain("302");
        redirectsFollowed.Should().Be(0);
    }

    [Test, Rfc("CIMD-6.6-1")]
    public async Task A_body_without_end_is_left_at_the_limit() =>
        (await fetcher.FetchAsync(origin + "/endless")).Error!.Reason.Should().Contain("larger");

    [Test, Rfc("CIMD-6.6-1")]
    public async Task A_packed_body_is_not_unpacked() =>
        ClientDocument
            .Read(
                origin + "/packed",
                (await fetcher.FetchAsync(origin + "/packed")).Value.Body,
                ClientPolicy.ForAnybody(new ServerSettings(new())),
                new HqOAuth2Options()
            )
            .Error.Should()
            .Be(OAuthError.NotAJsonObject);

    [Test, Rfc("CIMD-4.3-1")]
    public async Task A_silent_server_is_given_up_after_five_seconds()
    {
        var started = TimeProvider.System.GetTimestamp();

        (await fetcher.FetchAsync(origin + "/silent")).Error!.Reason.Should().Contain("too long");
        TimeProvider.System.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(20));
    }

    private static async Task EndlessAsync(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        while (!http.RequestAborted.IsCancellationRequested)
            await http.Response.Body.WriteAsync(new byte[1000], http.RequestAborted);
    }

    // A few bytes that would be many.
    private static async Task PackedAsync(HttpContext http)
    {
        (http.Response.ContentType, http.Response.Headers.ContentEncoding) = ("application/json", "gzip");
        await using var packed = new System.IO.Compression.GZipStream(http.Response.Body, System.IO.Compression.CompressionLevel.Fastest);
        await packed.WriteAsync(new byte[100_000]);
    }
}
