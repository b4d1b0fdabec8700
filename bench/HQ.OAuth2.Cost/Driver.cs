using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Web;

namespace HQ.OAuth2.Cost;

/// <summary>Asks the server for one thing many times, and what that has cost it.</summary>
internal static partial class Driver
{
    private const int Block = 20;
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    public static async Task RunAsync(Uri address, int rounds)
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
            async () => tokens = await TokensAsync(backChannel, ("code", codes.Dequeue()), "authorization_code")
        );
        await MeasureAsync(
            http,
            "refresh",
            rounds,
            async () => tokens = await TokensAsync(backChannel, ("refresh_token", tokens.Refresh), "refresh_token")
        );
        await MeasureAsync(http, "introspection", rounds, () => IntrospectAsync(backChannel, tokens.Access));
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

    private static async Task<(string Access, string Refresh)> TokensAsync(HttpClient http, (string Name, string Value) proof, string grant)
    {
        using var form = new FormUrlEncodedContent([
            new("grant_type", grant),
            new("client_id", "app"),
            new(proof.Name, proof.Value),
            new("code_verifier", Verifier),
        ]);
        using var answer = await http.PostAsync(new Uri("/oauth2/token", UriKind.Relative), form);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync());
        return (json.RootElement.GetProperty("access_token").GetString()!, json.RootElement.GetProperty("refresh_token").GetString()!);
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
