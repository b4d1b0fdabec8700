using System.Net;
using System.Text.RegularExpressions;
using ModelContextProtocol.Authentication;

namespace HQ.OAuth2.Interop.Tests;

/// <summary>A person at a browser: follows redirects, fills the sign-in form, presses Allow, and stops where the client listens.</summary>
internal sealed class Person(string name, string callback = Person.Callback) : IDisposable
{
    /// <summary>Where clients listen here; nobody does.</summary>
    public const string Callback = "http://localhost:1179/callback";

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });

    /// <summary>The authorization requests that this person was sent to.</summary>
    public List<string> Visits { get; } = [];

    /// <summary>The last page with an Allow button.</summary>
    public string Consent { get; private set; } = "";

    public void Dispose() => http.Dispose();

    public async Task<AuthorizationResult?> AuthorizeAsync(AuthorizationCallbackContext context, CancellationToken ct)
    {
        var query = System.Web.HttpUtility.ParseQueryString((await AuthorizeAsync(context.AuthorizationUri, ct)).Query);
        return new()
        {
            Code = query["code"]!,
            State = query["state"],
            Iss = query["iss"],
        };
    }

    /// <summary>Where the answer of an authorization request went.</summary>
    public async Task<Uri> AuthorizeAsync(Uri uri, CancellationToken ct)
    {
        Visits.Add(uri.OriginalString);
        var response = await http.GetAsync(uri, ct);
        var page = "";
        for (var step = 0; step < 10; step++)
        {
            if (response.Headers.Location is { } location)
            {
                uri = new Uri(uri, location);
                if (uri.Port == new Uri(callback).Port)
                    return uri;
                response = await http.GetAsync(uri, ct);
                continue;
            }

            page = await response.Content.ReadAsStringAsync(ct);
            var action = Regex.Match(page, "action=\"([^\"]*)\"");
            if (!action.Success)
                break;
            uri = new Uri(uri, WebUtility.HtmlDecode(action.Groups[1].Value));
            response = await http.PostAsync(uri, new FormUrlEncodedContent(Fields(page)), ct);
        }

        throw new AssertionException($"The sign-in led nowhere: {(int)response.StatusCode} {page}");
    }

    private IEnumerable<KeyValuePair<string, string>> Fields(string page)
    {
        var hidden = Regex
            .Matches(page, "<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">")
            .Select(m => KeyValuePair.Create(WebUtility.HtmlDecode(m.Groups[1].Value), WebUtility.HtmlDecode(m.Groups[2].Value)));
        if (page.Contains("type=\"password\"", StringComparison.Ordinal))
            return [.. hidden, new("username", name), new("password", name)];
        Consent = page;
        return [.. hidden, new("decision", "approve")];
    }
}
