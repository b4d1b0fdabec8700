using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Web;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2.Cost;

/// <summary>Asks the server for one thing many times, and what that has cost it.</summary>
internal static partial class Driver
{
    private const int Block = 20;
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    public static async Task RunAsync(Uri address, int rounds, ProofKey key)
    {
        using var browser = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new() };
        using var http = new HttpClient(browser) { BaseAddress = address };
        // Apps and APIs send no cookie.
        using var app = new SocketsHttpHandler { UseCookies = false };
        using var backChannel = new HttpClient(app) { BaseAddress = address };
        Console.WriteLine("| request | bytes allocated | CPU, microseconds |");
        Console.WriteLine("|---|---|---|");
        await SignInAsync(http, 0);
        await MeasureAsync(http, "consent page", rounds, () => PageAsync(http, "native"));
        await MeasureAsync(http, "remembered consent", rounds, () => CodeAsync(http, "app"), user => NewUserAsync(http, user));
        var codes = new Queue<string>();
        for (var i = 0; i < 2 * rounds; i++)
        {
            if (i % Block == 0)
                await NewUserAsync(http, rounds + i);
            codes.Enqueue(await CodeAsync(http, "app"));
        }

        (string Access, string Refresh) tokens = ("", "");
        await MeasureAsync(
            http,
            "code exchange",
            rounds,
            async () => tokens = await ExchangeAsync(backChannel, codes.Dequeue(), ("client_id", "app"))
        );
        await MeasureAsync(
            http,
            "refresh",
            rounds,
            async () => tokens = await RefreshAsync(backChannel, tokens.Refresh, null, ("client_id", "app"))
        );
        await MeasureAsync(http, "introspection", rounds, () => IntrospectAsync(backChannel, tokens.Access));
        await MeasureAsync(http, "API call, bearer token", rounds, () => CallAsync(backChannel, "Bearer", tokens.Access, null));
        await RunKeysAsync(http, backChannel, rounds, key);
    }

    // In blocks, each with a user of its own where one is named: what a user has allowed before costs too, and is measured elsewhere.
    private static async Task MeasureAsync(
        HttpClient http,
        string name,
        int rounds,
        Func<Task> askAsync,
        Func<int, Task>? beforeAsync = null
    )
    {
        var (bytes, ticks) = (0L, 0L);
        for (var round = 0; round < 2 * rounds; round += Block)
        {
            if (beforeAsync is not null)
                await beforeAsync(round + 1);
            var before = await CostAsync(http);
            for (var i = 0; i < Block; i++)
                await askAsync();
            var after = await CostAsync(http);
            // The first half warms up.
            if (round < rounds)
                continue;
            bytes += after.Bytes - before.Bytes;
            ticks += after.Ticks - before.Ticks;
        }

        Console.WriteLine($"| {name} | {bytes / rounds} | {ticks / TimeSpan.TicksPerMicrosecond / rounds} |");
    }

    private static async Task NewUserAsync(HttpClient http, int user)
    {
        await SignInAsync(http, user);
        await CodeAsync(http, "app");
    }

    private static async Task SignInAsync(HttpClient http, int user) =>
        (await http.GetAsync(new Uri($"/sign-in?user={user.ToString(CultureInfo.InvariantCulture)}", UriKind.Relative))).Dispose();

    private static async Task<(long Bytes, long Ticks)> CostAsync(HttpClient http)
    {
        var parts = (await http.GetStringAsync(new Uri("/cost", UriKind.Relative))).Split(' ');
        return (long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    private static async Task<string> PageAsync(HttpClient http, string client)
    {
        using var page = await http.GetAsync(AuthorizeUrl(client));
        return page.StatusCode == HttpStatusCode.OK
            ? await page.Content.ReadAsStringAsync()
            : throw new InvalidOperationException($"The authorization endpoint answered {page.StatusCode}.");
    }

    private static async Task<string> CodeAsync(HttpClient http, string client)
    {
        var answer = await http.GetAsync(AuthorizeUrl(client));
        if (answer.StatusCode == HttpStatusCode.OK)
        {
            var fields = HiddenField()
                .Matches(await answer.Content.ReadAsStringAsync())
                .Select(m => KeyValuePair.Create(m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value)));
            answer = await http.PostAsync(
                new Uri("/oauth2/authorize", UriKind.Relative),
                new FormUrlEncodedContent([.. fields, new("decision", "approve")])
            );
        }

        return HttpUtility.ParseQueryString(answer.Headers.Location!.Query)["code"]
            ?? throw new InvalidOperationException($"No code: {answer.Headers.Location}");
    }

    private static Task<(string Access, string Refresh)> ExchangeAsync(
        HttpClient http,
        string code,
        params (string Name, string Value)[] client
    ) => TokensAsync(http, null, [("grant_type", "authorization_code"), ("code", code), ("code_verifier", Verifier), .. client]);

    private static Task<(string Access, string Refresh)> RefreshAsync(
        HttpClient http,
        string token,
        string? proof,
        params (string Name, string Value)[] client
    ) => TokensAsync(http, proof, [("grant_type", "refresh_token"), ("refresh_token", token), .. client]);

    private static async Task<(string Access, string Refresh)> TokensAsync(
        HttpClient http,
        string? proof,
        (string Name, string Value)[] form
    )
    {
        using var json = await PostAsync(http, "/oauth2/token", proof, form);
        return (json.RootElement.GetProperty("access_token").GetString()!, json.RootElement.GetProperty("refresh_token").GetString()!);
    }

    private static async Task<JsonDocument> PostAsync(HttpClient http, string path, string? proof, (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative));
        request.Content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        if (proof is not null)
            request.Headers.Add("DPoP", proof);
        using var answer = await http.SendAsync(request);
        return answer.IsSuccessStatusCode
            ? await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync())
            : throw new InvalidOperationException($"{path} answered {await answer.Content.ReadAsStringAsync()}");
    }

    private static async Task CallAsync(HttpClient http, string scheme, string token, string? proof)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api", UriKind.Relative));
        request.Headers.Authorization = new(scheme, token);
        if (proof is not null)
            request.Headers.Add("DPoP", proof);
        using var answer = await http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task IntrospectAsync(HttpClient http, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/oauth2/introspect", UriKind.Relative));
        request.Content = new FormUrlEncodedContent([new("token", token)]);
        request.Headers.Authorization = new("Basic", Convert.ToBase64String("api:secret of the api"u8));
        using var answer = await http.SendAsync(request);
        if (!(await answer.Content.ReadAsStringAsync()).Contains("\"active\":true", StringComparison.Ordinal))
            throw new InvalidOperationException("The token is not active.");
    }

    private static Uri AuthorizeUrl(string client) =>
        new(
            $"/oauth2/authorize?response_type=code&client_id={client}&scope=read&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
            UriKind.Relative
        );

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\">")]
    private static partial Regex HiddenField();
}
