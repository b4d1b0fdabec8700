using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Extensions.Tests;

/// <summary>The sample as it is, with a folder of its own, over HTTP. A user's browser, and clients.</summary>
internal sealed partial class Sample : IAsyncDisposable
{
    public const string Callback = "http://127.0.0.1/cb";

    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private readonly DirectoryInfo data;
    private readonly bool ownsData;
    private readonly WebApplicationFactory<Program> host;
    private readonly HttpClient browser;

    public Sample(DirectoryInfo? on = null, IPAddress? caller = null, params (string Key, string Value)[] settings)
    {
        (data, ownsData) = (on ?? Directory.CreateTempSubdirectory("hq-extensions-"), on is null);
        host = new WebApplicationFactory<Program>().WithWebHostBuilder(b =>
        {
            b.UseSetting("data", data.FullName);
            foreach (var (key, value) in settings)
                b.UseSetting(key, value);
            b.ConfigureServices(s => s.AddSingleton<IStartupFilter>(new CallerAddress(caller ?? IPAddress.Loopback)));
        });
        browser = host.CreateClient(new() { AllowAutoRedirect = false, BaseAddress = new("http://localhost:5083") });
        Http = host.CreateClient(
            new()
            {
                AllowAutoRedirect = false,
                HandleCookies = false,
                BaseAddress = new("http://localhost:5083"),
            }
        );
    }

    /// <summary>A client, without cookies.</summary>
    public HttpClient Http { get; }

    public Database Database => host.Services.GetRequiredService<Database>();

    public DirectoryInfo Keys => new(Path.Combine(data.FullName, "keys"));

    public Task<HttpResponseMessage> BrowseAsync(string url) => browser.GetAsync(url);

    public async Task<string> RegisterAsync()
    {
        var answer = await Http.PostAsJsonAsync(
            "/oauth2/register",
            new
            {
                client_name = "Walker",
                redirect_uris = new[] { Callback },
                token_endpoint_auth_method = "none",
                grant_types = new[] { "authorization_code", "refresh_token" },
            }
        );
        return (await JsonAsync(answer)).GetProperty("client_id").GetString()!;
    }

    public static string AuthorizeUrl(string client) =>
        $"/oauth2/authorize?response_type=code&client_id={client}&redirect_uri={Uri.EscapeDataString(Callback)}&scope=read&state=s"
        + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

    /// <summary>Follows redirects of this host to the page at their end.</summary>
    public async Task<(string Url, string Html)> OpenAsync(string url)
    {
        while (true)
        {
            using var answer = await browser.GetAsync(url);
            if (answer.Headers.Location is not { } next)
                return (url, await answer.Content.ReadAsStringAsync());
            url = next.OriginalString;
        }
    }

    /// <summary>Posts the form of a page: its hidden fields, and more.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string url, string html, params (string Name, string Value)[] more) =>
        await browser.PostAsync(
            url,
            new FormUrlEncodedContent(
                Field()
                    .Matches(html)
                    .Select(m => KeyValuePair.Create(m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value)))
                    .Concat(more.Select(m => KeyValuePair.Create(m.Name, m.Value)))
            )
        );

    /// <summary>Accepts the terms, allows the client, and redeems the code.</summary>
    public Task<JsonElement> LogInAsync(string client) => AllowAsync(client, AuthorizeUrl(client));

    /// <summary>The same from a request that is on its way.</summary>
    public async Task<JsonElement> AllowAsync(string client, string request)
    {
        var (url, html) = await OpenAsync(request);
        if (url.StartsWith("/terms", StringComparison.Ordinal))
            (url, html) = await OpenAsync((await SubmitAsync(url, html)).Headers.Location!.OriginalString);
        var action = WebUtility.HtmlDecode(FormAction().Match(html).Groups[1].Value);
        var answer = await SubmitAsync(action, html, ("decision", "approve"));
        var code = HttpUtility.ParseQueryString(answer.Headers.Location!.Query)["code"];
        code.Should().NotBeNull(answer.Headers.Location.OriginalString);
        return await JsonAsync(
            await TokenAsync(
                ("grant_type", "authorization_code"),
                ("client_id", client),
                ("code", code!),
                ("redirect_uri", Callback),
                ("code_verifier", Verifier)
            )
        );
    }

    public Task<HttpResponseMessage> TokenAsync(params (string Name, string Value)[] form) => PostAsync("/oauth2/token", null, form);

    public async Task<HttpResponseMessage> PostAsync(string path, string? certificate, params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value))),
        };
        if (certificate is not null)
            request.Headers.Add("X-Client-Cert", certificate);
        return await Http.SendAsync(request);
    }

    public async Task<HttpResponseMessage> DeleteAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/notes");
        request.Headers.Authorization = new("Bearer", token);
        return await Http.SendAsync(request);
    }

    public async Task<HttpStatusCode> ApiAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/notes");
        request.Headers.Authorization = new("Bearer", token);
        return (await Http.SendAsync(request)).StatusCode;
    }

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

    public static JsonElement Payload(JsonElement tokens) =>
        JsonDocument
            .Parse(System.Buffers.Text.Base64Url.DecodeFromChars(tokens.GetProperty("access_token").GetString()!.Split('.')[1]))
            .RootElement;

    public async ValueTask DisposeAsync()
    {
        browser.Dispose();
        Http.Dispose();
        await host.DisposeAsync();
        SqliteConnection.ClearAllPools();
        if (ownsData)
            data.Delete(recursive: true);
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Field();

    [GeneratedRegex("action=\"([^\"]+)\"")]
    private static partial Regex FormAction();

    /// <summary>The test server has no address of its callers.</summary>
    private sealed class CallerAddress(IPAddress address) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    (http, pipeline) =>
                    {
                        http.Connection.RemoteIpAddress = address;
                        return pipeline(http);
                    }
                );
                next(app);
            };
    }
}
