using System.Net;
using System.Text.RegularExpressions;

namespace HQ.OAuth2.Load;

/// <summary>A user's first visit with a browser's manners: sign-in, redirects, a consent page. None of it is measured.</summary>
internal static partial class FirstVisit
{
    private static int users;

    /// <summary>Signs a new user in, goes on until the client has its code, and returns the cookies that the next visit needs.</summary>
    public static string SignIn(RunningServer server, string authorize)
    {
        var cookies = new CookieContainer();
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies };
        using var http = new HttpClient(handler) { BaseAddress = server.Address };
        if (server.Kind.SignsIn)
            http.Send(new(HttpMethod.Get, $"/load/sign-in?user=user{Interlocked.Increment(ref users)}")).EnsureSuccessStatusCode();

        var at = new Uri(server.Address, authorize);
        var answer = http.Send(new(HttpMethod.Get, at));
        for (var step = 0; step < 10; step++)
        {
            if (answer.StatusCode == HttpStatusCode.OK)
                answer = Approve(http, at, answer);
            var next = new Uri(at, answer.Headers.Location ?? throw new LoadException($"{at} answered {answer.StatusCode}."));
            if (next.Host == new Uri(Setup.RedirectUri).Host)
                return next.Query.Contains("code=", StringComparison.Ordinal)
                    ? cookies.GetCookieHeader(new Uri(server.Address, server.Endpoints.Authorize))
                    : throw new LoadException($"No code: {next}");
            at = next;
            answer = http.Send(new(HttpMethod.Get, at));
        }

        throw new LoadException("The first login does not end.");
    }

    private static HttpResponseMessage Approve(HttpClient http, Uri at, HttpResponseMessage page)
    {
        using var reader = new StreamReader(page.Content.ReadAsStream());
        var fields = HiddenField()
            .Matches(reader.ReadToEnd())
            .Select(m => KeyValuePair.Create(m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value)));
        var form = new FormUrlEncodedContent([.. fields, new("decision", "approve")]);
        return http.Send(new(HttpMethod.Post, new Uri(at, at.AbsolutePath)) { Content = form });
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\">")]
    private static partial Regex HiddenField();
}
