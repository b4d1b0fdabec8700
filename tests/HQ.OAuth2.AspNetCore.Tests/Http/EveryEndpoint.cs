using System.Net;
using System.Security.Claims;
using System.Text;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>
/// A host with everything mapped that can be mapped, and the list of its endpoints as routing has it: an endpoint that is added later is
/// tested without anybody's help.
/// </summary>
internal sealed class EveryEndpoint : IAsyncDisposable
{
    public const string Tools = "/tools";
    public const string Page = "/consent";
    public const string Elsewhere = "https://api.example.com/notes";

    /// <summary>The key of the client <c>signer</c>.</summary>
    public static readonly ProofKey Key = ProofKey.New();

    private readonly WebApplication api;

    private EveryEndpoint(TestApp server, WebApplication api, CapturedLogs apiLogs) => (Server, this.api, ApiLogs) = (server, api, apiLogs);

    public TestApp Server { get; }

    /// <summary>What the API elsewhere logged.</summary>
    public CapturedLogs ApiLogs { get; }

    /// <summary>The API elsewhere, which asks the server by introspection.</summary>
    public TestServer Api => api.GetTestServer();

    public static async Task<EveryEndpoint> StartAsync(Action<HqOAuth2Builder>? parts = null, Action<HqOAuth2Options>? options = null)
    {
        var server = await TestApp.StartAsync(
            o =>
            {
                (o.DcrManagement, o.ClientIdMetadataDocuments, o.PersonalAccessTokens, o.DeviceAuthorization) = (true, true, true, true);
                o.Clients.Add(SigningClients.Options("signer", Key));
                o.Resources.Add(new() { Identifier = Elsewhere });
                options?.Invoke(o);
            },
            server =>
            {
                server.AddAuthenticationContexts<Contexts>();
                parts?.Invoke(server);
            },
            a =>
            {
                a.MapHqOAuth2Management().RequireAuthorization("admin");
                a.MapHqOAuth2ProtectedResource(Elsewhere);
                a.MapPost(Tools, () => "done").RequireScope("read").RequireToolScope("erase", "delete");
                a.MapGet(
                    Page,
                    async (HttpContext http, ConsentRequests requests, string? returnUrl) =>
                        await requests.FindAsync(http, returnUrl) is null ? Results.BadRequest() : Results.Text("")
                );
            },
            b => b.Services.AddAuthorization(o => o.AddPolicy("admin", p => p.RequireClaim(ClaimTypes.Name, "root")))
        );
        var (builder, logs) = (WebApplication.CreateBuilder(), new CapturedLogs());
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.Services.AddSingleton<TimeProvider>(server.Clock);
        builder
            .Services.AddAuthentication(HqOAuth2BearerDefaults.AuthenticationScheme)
            .AddHqOAuth2Introspection(o =>
            {
                (o.Issuer, o.ClientId, o.ClientSecret) = (TestApp.Issuer, "machine", TestApp.WebSecret);
                o.Resources.Add(Elsewhere);
                o.Backchannel = new HttpClient(server.Server.CreateHandler());
            });
        builder.Services.AddAuthorization();
        var api = builder.Build();
        api.MapHqOAuth2ProtectedResource(Elsewhere, TestApp.Issuer, "read");
        api.MapGet("/read", () => "read").RequireScope("read");
        await api.StartAsync();
        return new(server, api, logs);
    }

    /// <summary>Each endpoint of the server's host with each of its methods; a parameter of the route stands as <c>{}</c>.</summary>
    public IReadOnlyList<(string Method, string Path, bool IsOurs)> All =>
        [
            .. Server
                .Services.GetRequiredService<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
                .SelectMany(e =>
                    (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(m =>
                        (m, PathOf(e), e.Metadata.GetMetadata<ServerEndpoint>() is not null)
                    )
                )
                .Distinct(),
        ];

    /// <summary>A request below any client library: what is to be tested is not repaired.</summary>
    public static async Task<Answer> SendAsync(TestServer server, Action<HttpContext> configure)
    {
        var http = await server.SendAsync(context =>
        {
            (context.Request.Scheme, context.Request.Host) = ("https", new("auth.example.com"));
            configure(context);
        });
        using var response = new HttpResponseMessage((HttpStatusCode)http.Response.StatusCode);
        response.Content = new ByteArrayContent([]);
        foreach (var (name, values) in http.Response.Headers)
        {
            if (!response.Headers.TryAddWithoutValidation(name, values.ToArray()))
                response.Content.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        using var reader = new StreamReader(http.Response.Body);
        return new(response, await reader.ReadToEndAsync());
    }

    public Task<Answer> SendAsync(string method, string path, Action<HttpContext>? configure = null) =>
        SendAsync(
            Server.Server,
            http =>
            {
                (http.Request.Method, http.Request.Path) = (method, new PathString(path));
                configure?.Invoke(http);
            }
        );

    public async ValueTask DisposeAsync()
    {
        await api.DisposeAsync();
        await Server.DisposeAsync();
    }

    private sealed class Contexts : IAuthenticationContexts
    {
        public IReadOnlyList<string> Supported => ["phr"];

        public ValueTask<string?> FindAsync(ClaimsPrincipal user, IReadOnlyList<string> asked, CancellationToken ct) => new((string?)null);
    }

    private static string PathOf(RouteEndpoint endpoint) =>
        "/"
        + string.Join(
            '/',
            endpoint.RoutePattern.PathSegments.Select(s =>
                string.Concat(s.Parts.Select(p => p is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart l ? l.Content : "{}"))
            )
        );
}

/// <summary>Malformed input that must not break any reader.</summary>
internal static class Malformed
{
    public const string LoneSurrogate = "\uD800";

    private static readonly string longText = new('x', 70_000);

    /// <summary>Texts for route values, cursors, names and parameters.</summary>
    public static readonly string[] Texts =
    [
        "\0",
        "a\0b",
        LoneSurrogate,
        "\uFFFE\u202E",
        "'",
        "';--",
        "%00",
        "%2F..%2F",
        "..",
        "{}",
        "\r\nSet-Cookie: a=b",
        new('x', 801),
        new('ä', 5000),
        "https://app.example.com/\0",
        "https://[::1",
        "9999999999999999999999",
    ];

    public static readonly string[] Queries =
    [
        "?%",
        "?%GG=%GG",
        "?%00=%00",
        "?=&=&&&",
        "?a=%ED%A0%80",
        "?a=%C0%80",
        "?" + string.Join('&', Enumerable.Range(0, 2000).Select(i => "a" + i)),
        "?x=" + longText,
        .. new[]
        {
            "after",
            "limit",
            "org",
            "provenance",
            "subject",
            "client_id",
            "redirect_uri",
            "hq_request",
            "request_uri",
            "acr_values",
            "dpop_jkt",
            "returnUrl",
            "scope",
            "resource",
        }.SelectMany(name =>
            new[] { "%00", "a%00b", "%ED%A0%80", "%FF", "%", "a&" + name + "=b", new string('x', 5000), "-1", "a b" }.Select(v =>
                $"?{name}={v}&subject=s"
            )
        ),
    ];

    /// <summary>JSON values that a claim or a member of a header does not have.</summary>
    public static readonly string[] Values =
    [
        "null",
        "true",
        "7",
        "-1",
        "1e400",
        "-1e400",
        "99999999999999999999",
        "253402300799.9",
        "[]",
        "[[]]",
        "{}",
        "\"\"",
        "\"\\ud800\"",
        "\"\\u0000\"",
        // A text is compared up to its first escape, and only then decoded.
        $"\"{TestApp.Issuer}\\ud800\"",
        "\"" + new string('x', 2000) + "\"",
        "[null,\"\\udc00\"]",
        "{\"\\ud800\":1}",
        "{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQ\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"AQ\"}",
        "{\"kty\":\"oct\",\"k\":\"AQ\"}",
        "{\"kty\":7,\"crv\":\"\\ud800\"}",
    ];

    public static readonly string?[] ContentTypes =
    [
        null,
        "",
        "x",
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-16",
        "application/x-www-form-urlencoded; charset=\"",
        "application/x-www-form-urlencoded;;;=",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=x",
        "multipart/form-data; boundary=\"" + new string('b', 300) + "\"",
        "application/json",
        "application/json; charset=utf-16",
        "application/json; charset=nonsense",
        "application/json\0",
        "text/plain",
    ];

    public static readonly byte[][] Bodies =
    [
        [],
        [0],
        [0xFF, 0xFE, 0x00],
        .. new[]
        {
            "%",
            "a=%",
            "a=%GG&b=%00",
            "token=%00&client_id=%00&client_secret=%00",
            "token=%ED%A0%80&client_id=web",
            "token=e30.A.A.A.A&client_id=spa",
            "token=e30..A.A.A&client_id=spa",
            "grant_type=authorization_code&code=hqa_&client_id=spa",
            "grant_type=refresh_token&refresh_token=hqr_\0&client_id=spa",
            "client_assertion=x&client_assertion_type=%00",
            "client_assertion_type=" + Uri.EscapeDataString(SigningClients.AssertionType),
            "client_id=signer&client_assertion=e30.e30.AA&client_assertion_type=" + Uri.EscapeDataString(SigningClients.AssertionType),
            "token=hqp_%00&client_id=personal-access-token",
            "client_id=personal-access-token&grant_type=authorization_code&code=hqp_x",
            "decision=approve&hq_request=%00",
            "decision=approve&client_id=spa&request_uri=urn:ietf:params:oauth:request_uri:%00",
            "name=%00&scope=read&days=7",
            "decision=approve&__RequestVerificationToken=x&all=yes",
            "__RequestVerificationToken=" + new string('x', 3000),
            string.Join('&', Enumerable.Range(0, 1100).Select(i => $"a{i}=b")),
            new string('n', 3000) + "=v",
            "a=" + new string('v', 5_000_000),
            "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb",
            "--x--\r\n",
            "{",
            "[]",
            "null",
            "\"text\"",
            "{}",
            "\uFEFF{}",
            "{\"client_name\":\"\\ud800\"}",
            "{\"\\ud800\":1}",
            "{\"client_id\":\"\\ud800\",\"client_secret\":\"\\udc00\"}",
            "{\"client_name\":\"\\u0000\",\"org\":\"\\u0000\",\"redirect_uris\":[\"https://app.example.com/cb\"]}",
            "{\"org\":\"\\ud800\"}",
            "{\"org\":\"a\\u0000b\",\"grant_types\":[\"client_credentials\"]}",
            "{\"redirect_uris\":[null,\"\\u0000\",\"https://\\u0000/\"]}",
            "{\"redirect_uris\":7,\"contacts\":{},\"scope\":[]}",
            "{\"overlap_seconds\":1e400}",
            "{\"overlap_seconds\":99999999999999999999}",
            "{\"a\":1,\"a\":2}",
            "{\"name\":\"\\u0000\",\"scope\":[\"read\"],\"expires_at\":\"2030-01-01T00:00:00Z\"}",
            "{\"name\":\"\\ud800\",\"scope\":[\"read\"],\"expires_at\":\"9999-12-31T23:59:59Z\"}",
            "{\"name\":\"x\",\"scope\":[null,7],\"resource\":[null],\"expires_at\":\"0001-01-01T00:00:00+14:00\"}",
            "{\"name\":\"x\",\"scope\":[\"read\"],\"resource\":[\"\\u0000\"],\"organization\":\"\\u0000\",\"expires_at\":\"9999-12-31T23:59:59-14:00\"}",
            "{\"jwks\":{\"keys\":[{\"kty\":\"\\ud800\"}]},\"token_endpoint_auth_method\":\"private_key_jwt\"}",
            "{\"jwks\":{\"keys\":{}},\"jwks_uri\":\"https://\\u0000\",\"redirect_uris\":[\"https://app.example.com/cb\"]}",
            new string('[', 100_000),
            string.Concat(Enumerable.Repeat("{\"a\":", 2000)),
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public static readonly string[] Authorizations =
    [
        "",
        "Bearer",
        "Bearer e30.A.A.A.A",
        "Bearer e30.e30.AA",
        "Bearer e30..AA.AA.AA",
        "Bearer e30.AA.AA.AA.AA",
        "Bearer eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIn0..AA.AA.AA",
        "Bearer eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIn0..AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "Bearer eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.W10.AA",
        "Bearer W10.W10.W10",
        "Bearer bnVsbA.bnVsbA.bnVsbA",
        "Bearer eyJhbGciOjd9.e30.AA",
        "Bearer eyJraWQiOlsxXX0.e30.AA",
        "Bearer eyJhbGciOiJcdWQ4MDAifQ.e30.AA",
        "Bearer " + new string('.', 4000),
        "Bearer " + new string('A', 70_000),
        "Bearer hqg_x.y",
        "Bearer hqp_",
        "Bearer hqp_" + new string('0', 32) + "." + new string('A', 49),
        "Bearer hqp_" + new string('0', 32) + "." + new string('-', 49),
        "DPoP hqp_" + new string('0', 32) + "." + new string('A', 49),
        "DPoP",
        "DPoP e30.e30.AA",
        "Basic",
        "Basic =",
        "Basic AA==",
        "Basic " + Convert.ToBase64String([0xFF, (byte)':', 0xFF]),
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("web:%00")),
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("%00:x")),
        "DPoP x",
        "Negotiate \0",
        "\0",
    ];

    public static readonly (string Name, string Value)[] Headers =
    [
        ("Cookie", "=;;;\0"),
        ("Cookie", "test-user=alice; .AspNetCore.Antiforgery.x=" + new string('x', 20_000)),
        ("Accept", "*/*;q=nonsense,\0"),
        ("Accept", new string('a', 40_000)),
        ("Accept-Language", "xx-\0-yy;q=2,;;, *"),
        ("Accept-Language", string.Join(',', Enumerable.Repeat("de-XX-1234567890", 2000))),
        ("Host", "\0:99999999"),
        ("Host", "[::1"),
        ("Origin", "null\0"),
        ("RequestVerificationToken", "\0"),
        ("If-Match", "\"\0"),
        ("X-Forwarded-Proto", "\0"),
        ("DPoP", ""),
        ("DPoP", "e30.e30.AA, e30.e30.AA"),
        ("DPoP", "\0"),
        ("DPoP", "\u00e9.\u00e9.\u00e9"),
        ("DPoP", new string('.', 9000)),
        ("DPoP", new string('A', 50_000)),
        ("Content-Length", "nonsense"),
        ("X-Huge", new string('h', 100_000)),
    ];
}
