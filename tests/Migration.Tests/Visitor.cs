using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc.Testing.Handlers;
using Microsoft.AspNetCore.TestHost;

namespace Migration.Tests;

/// <summary>A client, and the browser of its user.</summary>
internal sealed partial class Visitor(WebApplication app) : IDisposable
{
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private readonly HttpClient http = new(new CookieContainerHandler { InnerHandler = app.GetTestServer().CreateHandler() })
    {
        BaseAddress = new(Hosts.Issuer),
    };

    public void Dispose() => http.Dispose();

    /// <summary>The tokens of a user: sign-in, approval, code, token.</summary>
    public async Task<JsonElement> SignInAsync(string server, string clientId, string redirectUri, string? secret = null)
    {
        var query =
            $"?response_type=code&client_id={clientId}&redirect_uri={Uri.EscapeDataString(redirectUri)}&scope=read%20offline_access"
            + $"&state=s&code_challenge={Challenge}&code_challenge_method=S256";
        // The old server has no sign-in of its own here.
        await http.GetAsync("/login?returnUrl=/");
        var code = Parameter(await AuthorizeAsync($"/{server}/authorize{query}", redirectUri), "code");
        var answer = await TokenAsync(
            server,
            clientId,
            secret,
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirectUri),
            ("code_verifier", Verifier)
        );
        answer.Status.Should().Be(HttpStatusCode.OK, answer.Body.ToString());
        return answer.Body;
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> TokenAsync(
        string server,
        string clientId,
        string? secret,
        params (string Name, string Value)[] form
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/{server}/token");
        var pairs = form.Select(p => KeyValuePair.Create(p.Name, p.Value));
        if (secret is null)
            pairs = pairs.Append(new("client_id", clientId));
        else
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{clientId}:{secret}")));
        request.Content = new FormUrlEncodedContent(pairs);
        using var response = await http.SendAsync(request);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    public async Task<string> GetAsync(string path) => await http.GetStringAsync(path);

    public async Task<HttpStatusCode> ApiAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api");
        request.Headers.Authorization = new("Bearer", token);
        return (await http.SendAsync(request)).StatusCode;
    }

    private async Task<Uri> AuthorizeAsync(string path, string redirectUri)
    {
        var at = new Uri(new Uri(Hosts.Issuer), path);
        var response = await http.GetAsync(at);
        for (var step = 0; step < 10; step++)
        {
            if (response.Headers.Location is { } location)
            {
                at = new(at, location);
                if (at.OriginalString.StartsWith(redirectUri, StringComparison.Ordinal))
                    return at;
                response = await http.GetAsync(at);
                continue;
            }

            var page = await response.Content.ReadAsStringAsync();
            if (Action().Match(page) is not { Success: true } action)
                throw new AssertionException($"{(int)response.StatusCode} {page}");
            at = new(at, WebUtility.HtmlDecode(action.Groups[1].Value));
            var fields = Hidden()
                .Matches(page)
                .Select(m => KeyValuePair.Create(m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value)));
            response = await http.PostAsync(at, new FormUrlEncodedContent([.. fields, new("decision", "approve")]));
        }

        throw new AssertionException("The sign-in led nowhere.");
    }

    private static string Parameter(Uri uri, string name) =>
        System.Web.HttpUtility.ParseQueryString(uri.Query)[name] ?? throw new AssertionException($"No {name}: {uri}");

    [GeneratedRegex("action=\"([^\"]*)\"")]
    private static partial Regex Action();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">")]
    private static partial Regex Hidden();
}
