using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SignIn.Tests;

/// <summary>A browser whose network is a few hosts in this process. It follows redirects, and stops at an address that is none of theirs.</summary>
internal sealed partial class Browser(params (string Origin, HttpMessageHandler Handler)[] hosts) : IDisposable
{
    public const string App = "https://app.test";
    public const string Callback = "https://client.test/callback";

    private readonly Dictionary<string, HttpMessageInvoker> hosts = hosts.ToDictionary(
        h => h.Origin,
        h => new HttpMessageInvoker(h.Handler)
    );

    private readonly CookieContainer cookies = new();
    private JsonElement tokens;

    public Uri Address { get; private set; } = new(App);

    public HttpStatusCode Status { get; private set; }

    public string Html { get; private set; } = "";

    public bool IsAtConsent => Html.Contains("<button name=\"decision\" value=\"deny\" formnovalidate>", StringComparison.Ordinal);

    /// <summary>A request of the demo client.</summary>
    public static string Authorize(string more = "") =>
        $"{App}/oauth2/authorize?response_type=code&client_id=demo&redirect_uri={Uri.EscapeDataString(Callback)}&scope=read&state=s1"
        + $"&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256{more}";

    public Task GoAsync(string url, params (string Name, string Value)[] headers) =>
        SendAsync(
            new Uri(Address, url),
            uri =>
            {
                var request = new HttpRequestMessage(HttpMethod.Get, uri);
                foreach (var (name, value) in headers)
                    request.Headers.Add(name, value);
                return request;
            }
        );

    /// <summary>Fills in fields and presses the button that has this text.</summary>
    public Task PressAsync(string button, params (string Name, string Value)[] fields) => PostAsync(null, button, fields);

    /// <summary>Posts the form of a button to another address than its own, as a script of the page may do.</summary>
    public Task PostAsync(string? to, string button, params (string Name, string Value)[] fields)
    {
        var form = Forms().Matches(Html).SingleOrDefault(f => ButtonOf(f, button) is not null);
        form.Should().NotBeNull("there is a form with the button {0} at {1}: {2}", button, Address, Html);
        var sent = Inputs()
            .Matches(form!.Value)
            .Select(i => (Name: Attribute(i.Value, "name"), Value: Attribute(i.Value, "value") ?? ""))
            .Where(i => i.Name is not null && fields.All(f => f.Name != i.Name))
            .Select(i => KeyValuePair.Create(i.Name!, i.Value))
            .Concat(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)))
            .ToList();
        var pressed = ButtonOf(form, button)!;
        if (Attribute(pressed, "name") is { } name)
            sent.Add(new(name, Attribute(pressed, "value") ?? ""));
        var action = new Uri(Address, to ?? Attribute(form.Value[..form.Value.IndexOf('>')], "action") ?? Address.OriginalString);
        return SendAsync(action, uri => new(HttpMethod.Post, uri) { Content = new FormUrlEncodedContent(sent) });
    }

    /// <summary>What a link leads to.</summary>
    public string Link(string text) =>
        WebUtility.HtmlDecode(Regex.Match(Html, $"<a href=\"([^\"]*)\">{Regex.Escape(text)}</a>").Groups[1].Value);

    public void ForgetCookies(string origin)
    {
        foreach (Cookie cookie in cookies.GetAllCookies())
        {
            if (cookie.Domain == new Uri(origin).Host)
                cookie.Expired = true;
        }
    }

    /// <summary>Allows the client, and redeems its code: the claims of the access token.</summary>
    public async Task<JsonElement> ApproveAsync(params (string Name, string Value)[] fields)
    {
        IsAtConsent.Should().BeTrue("{0}: {1}", Address, Html);
        await PressAsync("Allow", fields);
        Answer("error").Should().BeNull();
        tokens = await TokenAsync(
            ("grant_type", "authorization_code"),
            ("redirect_uri", Callback),
            ("code", Answer("code")!),
            ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        );
        tokens.TryGetProperty("access_token", out var token).Should().BeTrue("{0}", tokens);
        return JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.GetString()!.Split('.')[1])).RootElement;
    }

    /// <summary>Refreshes the tokens of the client: the answer.</summary>
    public async Task<JsonElement> RefreshAsync() =>
        tokens = await TokenAsync(("grant_type", "refresh_token"), ("refresh_token", tokens.GetProperty("refresh_token").GetString()!));

    /// <summary>A parameter of the answer to the client.</summary>
    public string? Answer(string parameter)
    {
        Address.OriginalString.Should().StartWith(Callback + "?", "the browser is back at the client: {0}", Html);
        return System.Web.HttpUtility.ParseQueryString(Address.Query)[parameter];
    }

    public void Dispose()
    {
        foreach (var host in hosts.Values)
            host.Dispose();
    }

    private async Task SendAsync(Uri to, Func<Uri, HttpRequestMessage> first)
    {
        var make = first;
        for (var hops = 0; ; hops++)
        {
            hops.Should().BeLessThan(12, "{0} is no loop of redirects", to);
            Address = to;
            if (!hosts.TryGetValue(to.GetLeftPart(UriPartial.Authority), out var host))
                return;
            using var request = make(to);
            if (cookies.GetCookieHeader(to) is { Length: > 0 } header)
                request.Headers.Add("Cookie", header);
            using var response = await host.SendAsync(request, default);
            if (response.Headers.TryGetValues("Set-Cookie", out var set))
            {
                foreach (var cookie in set)
                    cookies.SetCookies(to, cookie);
            }

            (Status, Html) = (response.StatusCode, await response.Content.ReadAsStringAsync());
            if (response.Headers.Location is not { } location)
                return;
            (to, make) = (new Uri(to, location), uri => new(HttpMethod.Get, uri));
        }
    }

    private async Task<JsonElement> TokenAsync(params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, App + "/oauth2/token")
        {
            Content = new FormUrlEncodedContent(form.Append(("client_id", "demo")).Select(p => KeyValuePair.Create(p.Item1, p.Item2))),
        };
        using var response = await hosts[App].SendAsync(request, default);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    private static string? ButtonOf(Match form, string text) =>
        Buttons().Matches(form.Value).FirstOrDefault(b => b.Groups[1].Value == text)?.Value;

    private static string? Attribute(string tag, string name) =>
        Regex.Match(tag, $" {name}=\"([^\"]*)\"") is { Success: true } found ? WebUtility.HtmlDecode(found.Groups[1].Value) : null;

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("<input[^>]*>")]
    private static partial Regex Inputs();

    [GeneratedRegex("<button[^>]*>([^<]*)</button>")]
    private static partial Regex Buttons();
}
