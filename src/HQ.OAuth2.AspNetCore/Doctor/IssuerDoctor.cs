using System.Globalization;
using System.Net;
using System.Text.Json;

namespace HQ.OAuth2;

/// <summary>
/// Sends a running server the first requests of a client, at the address that clients use, and reports in sentences the problems that clients
/// would have and the fixes. It sends no secret and changes nothing.
/// </summary>
public static class IssuerDoctor
{
    // The origin of another site; it does not exist on purpose.
    private const string Origin = "https://doctor.invalid";

    private static readonly TimeSpan clockTolerance = TimeSpan.FromSeconds(60);

    /// <summary>Examines the server of an issuer.</summary>
    /// <param name="issuerURL">The issuer as it is configured, and as clients get it.</param>
    /// <param name="http">Sends requests on the same way as clients: through the proxy, not around it. It must not follow redirects.</param>
    /// <param name="time">The clock to compare with.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The problems; empty when nothing was found.</returns>
    public static async Task<IReadOnlyList<DoctorFinding>> ExamineAsync(
        string issuerURL,
        HttpClient http,
        TimeProvider time,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(time);
        if (!Issuer.TryParse(issuerURL, out var issuer, out var problem))
            return [new($"issuerURL {problem}.", "Correct it in the configuration.")];
        var findings = new List<DoctorFinding>();
        var url = issuer.Url(issuer.MetadataPath);
        try
        {
            if (await MetadataAsync(issuer, url, http, time, findings, ct) is { } document)
            {
                Compare(document, issuer, findings);
                await EndpointsAsync(issuer, http, findings, ct);
                await SignInAsync(issuer, http, findings, ct);
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            findings.Add(
                new(
                    $"{url} cannot be reached from here: {(e as HttpRequestException)?.HttpRequestError.ToString() ?? "no answer in time"}.",
                    "Check that issuerURL is the public address, that its name resolves, that something listens there, and that its certificate is valid."
                )
            );
        }

        return findings;
    }

    // RFC 8414 §3: the document is at the place that follows from the issuer.
    private static async Task<JsonElement?> MetadataAsync(
        Issuer issuer,
        string url,
        HttpClient http,
        TimeProvider time,
        List<DoctorFinding> findings,
        CancellationToken ct
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Add("Origin", Origin);
        using var answer = await http.SendAsync(request, ct);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            findings.Add(
                (int)answer.StatusCode is >= 300 and < 400
                    ? new(
                        $"{url} redirects to {answer.Headers.Location?.OriginalString ?? "nowhere"}. Clients do not follow: the document must be at the issuer's own address.",
                        "Set issuerURL to the address it leads to, or stop the redirect (https, www, a slash) for /.well-known."
                    )
                : issuer.Path.Length > 0
                    ? new(
                        $"{url} answers {(int)answer.StatusCode}. The issuer has a path, so the document stands at the root of the host, with the path behind it.",
                        $"Let the proxy send {issuer.MetadataPath} to this app too, with its path unchanged."
                    )
                : new(
                    $"{url} answers {(int)answer.StatusCode}.",
                    "Call app.MapHqOAuth2(), and let the proxy send /.well-known to this app."
                )
            );
            return null;
        }

        if (answer.Headers.Date is { } date && (date - time.GetUtcNow()).Duration() > clockTolerance)
            findings.Add(
                new(
                    $"The clocks differ: the server says {date.ToString("O", CultureInfo.InvariantCulture)}, here it is {time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)}. Tokens count as expired, or as not yet valid.",
                    "Synchronise the clocks (NTP) of the server, its proxy and the APIs."
                )
            );
        if (!answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) || allowed.FirstOrDefault() is not ("*" or Origin))
            findings.Add(
                new(
                    "The metadata has no CORS header, so clients in a browser (the MCP Inspector, web apps) cannot read it.",
                    "Let the proxy keep Access-Control-Allow-Origin, and do not set it twice."
                )
            );
        try
        {
            return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(ct)).RootElement;
        }
        catch (JsonException)
        {
            findings.Add(
                new(
                    $"{url} is no JSON: another app answers there.",
                    "Let the proxy send it to this app, before any fallback of a front end."
                )
            );
            return null;
        }
    }

    // RFC 8414 §3.3: the issuer must be identical; clients compare every character.
    private static void Compare(JsonElement document, Issuer issuer, List<DoctorFinding> findings)
    {
        var said = Text(document, "issuer");
        if (said != issuer.Value)
            findings.Add(
                new(
                    $"The issuer in the document is {said ?? "missing"}, clients are told {issuer.Value}: {Difference(said ?? "", issuer.Value)}. Clients refuse that.",
                    "Write the same string in issuerURL, in the clients, and in the resource's metadata."
                )
            );
        // The endpoints that the document names must be below the issuer.
        var root = (said ?? issuer.Value).TrimEnd('/') + "/";
        foreach (var name in new[] { "authorization_endpoint", "token_endpoint", "jwks_uri" })
        {
            if (Text(document, name) is { } endpoint && !endpoint.StartsWith(root, StringComparison.Ordinal))
                findings.Add(
                    new(
                        $"{name} is {endpoint}, which is not below the issuer.",
                        "A proxy or another part on the way changes the document: let it pass unchanged."
                    )
                );
        }
    }

    private static async Task EndpointsAsync(Issuer issuer, HttpClient http, List<DoctorFinding> findings, CancellationToken ct)
    {
        // RFC 7517: an API that verifies tokens offline needs the keys.
        var keysAt = issuer.Url(issuer.JwksPath);
        using (var keys = await http.GetAsync(new Uri(keysAt), ct))
        {
            if (
                keys.StatusCode != HttpStatusCode.OK
                || !(await keys.Content.ReadAsStringAsync(ct)).Contains("\"kid\"", StringComparison.Ordinal)
            )
                findings.Add(
                    new($"{keysAt} answers {(int)keys.StatusCode} without keys: APIs cannot verify tokens.", SendHere(issuer, "it"))
                );
        }

        // RFC 6749 §5.2: an empty request must get an OAuth error, not one of a proxy, and not one about its scheme.
        var tokenAt = issuer.Url(issuer.TokenPath);
        using var form = new FormUrlEncodedContent([]);
        using var refused = await http.PostAsync(new Uri(tokenAt), form, ct);
        var body = await refused.Content.ReadAsStringAsync(ct);
        if (body.Contains(OAuthError.InsecureTransport.Description, StringComparison.Ordinal))
            findings.Add(
                new(
                    "A proxy ends TLS and this app does not know: it takes the request for plain http and refuses it.",
                    "Call app.UseForwardedHeaders() with the proxy's address before MapHqOAuth2, and let the proxy send X-Forwarded-Proto."
                )
            );
        else if (!body.Contains("\"error\"", StringComparison.Ordinal))
            findings.Add(
                new(
                    $"{tokenAt} answers {(int)refused.StatusCode} without an OAuth error: another app answers.",
                    SendHere(issuer, "POST there")
                )
            );

        // Fetch standard: a browser sends a preflight before it posts JSON or a header.
        using var preflight = new HttpRequestMessage(HttpMethod.Options, tokenAt);
        preflight.Headers.Add("Origin", Origin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization");
        using var answer = await http.SendAsync(preflight, ct);
        if (!answer.IsSuccessStatusCode || !answer.Headers.Contains("Access-Control-Allow-Origin"))
            findings.Add(
                new(
                    $"{tokenAt} answers the preflight of a browser (OPTIONS) with {(int)answer.StatusCode}: clients in a browser get no token.",
                    "Let the proxy send OPTIONS to this app."
                )
            );
    }

    // A host keeps a part of the issuer's path in PathBase, or a proxy removes it: any part of it may be missing, and nothing else added.
    private static string SendHere(Issuer issuer, string what) =>
        issuer.Path.Length == 0
            ? $"Let the proxy send {what} to this app."
            : $"Let the proxy send {what} to this app. The app may see the whole path of the issuer, {issuer.Path}, or what PathBase "
                + "(UsePathBase, an IIS sub-application) or the proxy leaves of it, but no other prefix.";

    // RFC 6749 §3.1: a browser without a session is sent to the host's sign-in page. The page of connected apps does that without a client.
    private static async Task SignInAsync(Issuer issuer, HttpClient http, List<DoctorFinding> findings, CancellationToken ct)
    {
        var page = issuer.Url(issuer.ConnectedAppsPath);
        using var answer = await http.GetAsync(new Uri(page), ct);
        if (
            answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            || (await answer.Content.ReadAsStringAsync(ct)).Contains(OAuthError.SignInUnfit.Id, StringComparison.Ordinal)
        )
            findings.Add(
                new(
                    $"{page} answers {(int)answer.StatusCode} without a session and shows no sign-in page, so nobody can sign in.",
                    "Name the scheme with your sign-in page in authenticationScheme, for instance Identity.Application."
                )
            );
    }

    private static string Difference(string said, string told) =>
        said.Length == 0 ? "it is missing"
        : said.TrimEnd('/') == told.TrimEnd('/') ? "they differ by a slash at the end"
        : string.Equals(said, told, StringComparison.OrdinalIgnoreCase) ? "they differ by upper and lower case"
        : said.Split("://")[^1] == told.Split("://")[^1] ? "they differ by http and https, so a proxy is in between"
        : WithoutPort(said) == WithoutPort(told) ? "they differ by the port"
        : "they are different addresses";

    private static string WithoutPort(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.Scheme + uri.Host + uri.AbsolutePath : url;

    private static string? Text(JsonElement document, string name) =>
        document.ValueKind == JsonValueKind.Object
        && document.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
