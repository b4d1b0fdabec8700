using System.Text;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>
/// The inputs of the fuzz targets (tests/corpus) at every endpoint, on the store of this run: where they belong, and in turn where they do not
/// belong. Whatever comes, the answer is one of the standard, and the server works as before.
/// </summary>
internal sealed class CorpusReplayTests
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Apis = "/api/v0/";

    private readonly List<string> problems = [];

    /// <summary>A place of a request that an input is put into.</summary>
    private sealed record Place(string Name, Action<HttpContext, byte[]> Put);

    private static readonly Place formBody = new("form", (http, input) => Body(http, Form, input));
    private static readonly Place jsonBody = new("JSON", (http, input) => Body(http, "application/json", input));
    private static readonly Place query = new("query", (http, input) => Query(http, Latin(input)));
    private static readonly Place header = new("Authorization", (http, input) => http.Request.Headers.Authorization = Latin(input));
    private static readonly Place basic = new("Basic", (http, input) => Scheme(http, "Basic " + Convert.ToBase64String(input)));
    private static readonly Place bearer = new("Bearer", (http, input) => Scheme(http, "Bearer " + Latin(input)));
    private static readonly Place dpop = new(
        "DPoP",
        (http, input) =>
        {
            Scheme(http, "DPoP " + Latin(input));
            http.Request.Headers["DPoP"] = Latin(input);
            Body(http, Form, "grant_type=refresh_token&refresh_token=x&client_id=spa"u8.ToArray());
        }
    );
    private static readonly Place cookie = new("Cookie", (http, input) => http.Request.Headers.Cookie += "; hq=" + Latin(input));
    private static readonly Place path = new(
        "path",
        (http, input) => http.Request.Path = new(http.Request.Path.Value!.Replace("{}", Text(input)))
    );

    private static readonly Place[] everywhere = [formBody, jsonBody, query, header, basic, bearer, dpop, cookie, path];

    // Where the inputs of a target belong.
    private static readonly Dictionary<string, Place[]> own = new()
    {
        ["form"] = [formBody],
        ["query"] = [query],
        ["basic"] = [header],
        ["bearer"] = [header],
        ["dpop"] = [dpop],
        ["jwt"] = [Parameter("client_assertion", $"&client_assertion_type={SigningClients.AssertionType}&grant_type=client_credentials")],
        ["access-token"] = [Parameter("token", "&client_id=spa")],
        ["jwks"] = [new("jwks", (http, input) => Body(http, "application/json", [.. "{\"jwks\":"u8, .. input, .. "}"u8]))],
        ["registration"] = [jsonBody],
        ["document"] = [new("document", (http, input) => Body(http, "application/json", [.. input.SkipWhile(b => b != '\n')]))],
        ["redirect-uri"] = [Parameter("redirect_uri", "&client_id=native&response_type=code")],
        ["token"] = [Parameter("token", "&client_id=spa"), Parameter("refresh_token", "&client_id=spa&grant_type=refresh_token")],
        ["scope"] = [Parameter("scope", "&client_id=spa&response_type=code")],
        ["user-code"] = [Parameter("user_code", "")],
        ["cursor"] = [query],
    };

    private static readonly string[] users = ["alice", "root", ""];

    private EveryEndpoint host = null!;

    [SetUp]
    public async Task StartAsync() => host = await EveryEndpoint.StartAsync(options: NoLimits);

    [TearDown]
    public async Task StopAsync() => await host.DisposeAsync();

    [Test]
    public async Task Each_input_of_the_corpus_at_every_endpoint()
    {
        var (endpoints, files, sent) = (host.All, 0, 0);
        foreach (var folder in Directory.EnumerateDirectories(Path.Combine(Repository.Root, "tests", "corpus")).Order())
        {
            foreach (var file in Directory.EnumerateFiles(folder).Order())
            {
                var input = await File.ReadAllBytesAsync(file);
                files++;
                foreach (var (i, endpoint) in endpoints.Index())
                {
                    // In turn, so that each place and each user is tried at each endpoint.
                    var (turn, belongs) = ((files + i) / 2, own[Path.GetFileName(folder)]);
                    var place = (files + i) % 2 == 0 ? belongs[turn % belongs.Length] : everywhere[turn % everywhere.Length];
                    await SendAsync(endpoint, place, users[turn / everywhere.Length % users.Length], input, file);
                    sent++;
                }
            }
        }

        problems.Take(5).Should().BeEmpty("{0} answers are wrong", problems.Count);
        sent.Should().BeGreaterThan(400 * endpoints.Count);
        host.Server.Logs.Errors().Where(l => !l.Contains("Microsoft.AspNetCore.Antiforgery")).Should().BeEmpty();

        // A user and a client notice nothing of it.
        var tokens = await host.Server.TokensAsync("spa");
        (await host.Server.GetAsync("/api/read", tokens.AccessToken())).Status.Should().Be(200);
        var next = await host.Server.RefreshAsync("spa", tokens.RefreshToken());
        next.Status.Should().Be(200);
        (await host.Server.IntrospectAsync(next.AccessToken())).Json.GetProperty("active").GetBoolean().Should().BeTrue();
        (await host.Server.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri } })).Status.Should().Be(201);
    }

    private async Task SendAsync((string Method, string Path, bool IsOurs) endpoint, Place place, string user, byte[] input, string file)
    {
        var answer = await host.SendAsync(
            endpoint.Method,
            endpoint.Path,
            http =>
            {
                http.Request.Headers.Cookie = "test-user=" + user;
                place.Put(http, input);
                http.Request.Path = new(http.Request.Path.Value!.Replace("{}", new string('0', 32)));
            }
        );
        if (Problem(answer, endpoint.Method, endpoint.Path, endpoint.IsOurs && place != path) is { } problem)
            problems.Add(
                $"{endpoint.Method} {endpoint.Path} as '{user}' got {file} as {place.Name} ({Convert.ToBase64String(input)}): {problem}\n{answer.Status} {answer.Headers} {answer.Body}"
            );
    }

    // A refusal by a limit would come before the reader.
    private static void NoLimits(HqOAuth2Options o)
    {
        var limits = o.Limits;
        (limits.RegistrationsPerMinute, limits.FailedAuthenticationsPerMinute, limits.SelfRegisteredClients) = (0, 0, 0);
        (limits.DeviceCodesPerMinute, limits.ClientDeviceCodesPerMinute, limits.WrongUserCodes) = (0, 0, 0);
        (limits.DocumentFetchesPerMinute, limits.PushedRequestsPerMinute, limits.PersonalAccessTokensPerHour) = (0, 0, 0);
    }

    // What is no answer of the standards; null when it is one.
    private static string? Problem(Answer answer, string method, string path, bool isOurs) =>
        answer.Status >= 500 ? "a failure of the server"
        : answer.Status is 301 or 308 ? "a redirect that a browser keeps for ever"
        : answer.Status is 302 or 303 or 307 && answer.Location is null ? "a redirect to nowhere"
        : answer.Location?.Any(char.IsControl) == true ? "a control character in the Location header"
        // RFC 9110 §11.6.1, §10.2.3. The APIs of a session say in their body how a user signs in: no scheme does it there.
        : answer.Status == 401 && answer.Header("WWW-Authenticate") is null && !path.StartsWith(Apis, StringComparison.Ordinal)
            ? "no challenge"
        : answer.Status == 429 ? "a limit, and there is none"
        : !isOurs ? null
        : answer.Header("X-Content-Type-Options") != "nosniff" ? "a content type that may be guessed"
        : answer.Body.Length == 0 ? null
        : answer.ContentType == "text/html" ? PageProblem(answer)
        : answer.ContentType is not ("application/json" or "application/problem+json") ? $"the content type {answer.ContentType}"
        : answer.Status < 400 || method == "HEAD" ? null
        : ErrorProblem(answer);

    // RFC 9700 §4.16: nobody frames a page; no script runs in one.
    private static string? PageProblem(Answer answer) =>
        answer.Body.Contains("<script", StringComparison.OrdinalIgnoreCase) ? "a script in a page"
        : answer.Header("Content-Security-Policy")?.Contains("frame-ancestors", StringComparison.Ordinal) != true
            ? "a page that may be framed"
        : null;

    // RFC 6749 §5.2: an error and its description have the characters of the standard, and no cache keeps them.
    private static string? ErrorProblem(Answer answer) =>
        answer.ContentType == "application/problem+json" ? null
        : !answer.Json.TryGetProperty("error", out var error) || error.GetString() is not { Length: > 0 } ? "no error"
        : answer
            .Json.EnumerateObject()
            .Where(m => m.Name.StartsWith("error", StringComparison.Ordinal))
            .Any(m => m.Value.GetString()!.Any(c => c is < ' ' or > '~' or '"' or '\\'))
            ? "a character that an error has not"
        : answer.Header("Cache-Control")?.Contains("no-store", StringComparison.Ordinal) != true ? "an error that a cache may keep"
        : null;

    // A parameter of a form, and of the query of a GET.
    private static Place Parameter(string name, string more) =>
        new(
            name,
            (http, input) =>
            {
                var pairs = $"{name}={string.Concat(input.Select(b => $"%{b:X2}"))}{more}";
                if (HttpMethods.IsGet(http.Request.Method))
                    Query(http, pairs);
                else
                    Body(http, Form, Encoding.ASCII.GetBytes(pairs));
            }
        );

    private static void Query(HttpContext http, string text) => http.Features.Get<IHttpRequestFeature>()!.QueryString = "?" + text;

    private static void Scheme(HttpContext http, string value) => http.Request.Headers.Authorization = value;

    private static void Body(HttpContext http, string type, byte[] bytes) =>
        (http.Request.ContentType, http.Request.ContentLength, http.Request.Body) = (type, bytes.Length, new MemoryStream(bytes));

    private static string Latin(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
