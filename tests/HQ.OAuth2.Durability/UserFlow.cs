using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace HQ.OAuth2.Durability;

/// <summary>An answer. Prints its status and error only: a body may hold tokens.</summary>
internal sealed record Reply(HttpStatusCode Status, string? Location, string Body, bool SaysWhen = false)
{
    /// <summary>The store cannot be reached: the same request may succeed later.</summary>
    public bool IsUnavailable =>
        Status == HttpStatusCode.ServiceUnavailable
        || Location?.Contains("error=temporarily_unavailable", StringComparison.Ordinal) is true;

    public bool IsOk => Status == HttpStatusCode.OK;

    public bool IsInvalidGrant => Status == HttpStatusCode.BadRequest && Text("error") == "invalid_grant";

    /// <summary>A string member of the JSON body; null when there is none.</summary>
    public string? Text(string member)
    {
        if (!Body.StartsWith('{'))
            return null;
        using var json = JsonDocument.Parse(Body);
        return json.RootElement.TryGetProperty(member, out var value) ? value.ToString() : null;
    }

    public override string ToString() => $"{(int)Status} {Text("error")} {Text("error_description")}".TrimEnd();
}

/// <summary>A server answered what it never should at this step.</summary>
internal sealed class UnexpectedReplyException(string step, Reply reply) : Exception($"{step}: {reply}")
{
    public Reply Reply => reply;
}

/// <summary>A signed-in browser: its cookies, good at every node.</summary>
internal sealed class Session(string user)
{
    private readonly ConcurrentDictionary<string, string> cookies = new(StringComparer.Ordinal);

    public string User => user;

    public bool IsSignedIn => cookies.Keys.Any(name => !name.Contains("Antiforgery", StringComparison.Ordinal));

    public string Header => string.Join("; ", cookies.Select(c => $"{c.Key}={c.Value}"));

    public void Take(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues("Set-Cookie", out var set))
            return;
        foreach (var cookie in set.Select(c => c.Split(';')[0].Split('=', 2)))
            cookies[cookie[0]] = cookie[1];
    }

    public void Forget() => cookies.Clear();
}

/// <summary>What a user approved: a code, who may redeem it, and with which verifier.</summary>
internal sealed record Approved(string ClientId, string Code, string Verifier)
{
    /// <summary>The authorization's id, which is no secret.</summary>
    public string Id => IdOf(Code);

    public static string IdOf(string codeOrToken) => codeOrToken[4..codeOrToken.IndexOf('.', StringComparison.Ordinal)];
}

/// <summary>The steps of users and clients at one node.</summary>
internal sealed partial class UserFlow(HttpClient http, string node)
{
    public const string RedirectUri = "http://127.0.0.1:7777/callback";

    public async Task<string> RegisterAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/register");
        var metadata = $$"""
            {"client_name":"Durability","redirect_uris":["{{RedirectUri}}"],"token_endpoint_auth_method":"none",
             "grant_types":["authorization_code","refresh_token"],"scope":"read write"}
            """;
        request.Content = new StringContent(metadata, Encoding.UTF8, "application/json");
        var reply = await SendAsync(request);
        return reply.Status == HttpStatusCode.Created ? reply.Text("client_id")! : throw Unexpected("registration", reply);
    }

    public async Task SignInAsync(Session session)
    {
        session.Forget();
        var page = await SendAsync(new(HttpMethod.Get, "/login"), session);
        if (!page.IsOk)
            throw Unexpected("login page", page);
        var reply = await PostAsync(
            "/login",
            session,
            [.. HiddenFields(page), new("username", session.User), new("password", session.User)]
        );
        if (reply.Status != HttpStatusCode.SeeOther || !session.IsSignedIn)
            throw Unexpected("login", reply);
    }

    /// <summary>Opens an authorization request: the consent page, or whatever comes instead.</summary>
    public Task<Reply> OpenConsentAsync(Session session, string clientId, string verifier)
    {
        var challenge = Base64Url(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        return SendAsync(
            new(
                HttpMethod.Get,
                $"/oauth2/authorize?response_type=code&client_id={Uri.EscapeDataString(clientId)}&redirect_uri={Uri.EscapeDataString(RedirectUri)}"
                    + $"&scope=read&state=x&code_challenge={challenge}&code_challenge_method=S256"
            ),
            session
        );
    }

    public static bool IsConsentPage(Reply reply) => reply.IsOk && reply.Body.Contains("name=\"decision\"", StringComparison.Ordinal);

    public static bool IsLogin(Reply reply) =>
        reply.Status == HttpStatusCode.Found && reply.Location!.Contains("/login?", StringComparison.Ordinal);

    /// <summary>The user approves: a code.</summary>
    public async Task<Approved> ApproveAsync(Session session, string clientId)
    {
        var verifier = Base64Url(RandomNumberGenerator.GetBytes(32));
        var page = await OpenConsentAsync(session, clientId, verifier);
        if (!IsConsentPage(page))
            throw Unexpected($"authorization request of client {clientId}{(IsLogin(page) ? " (sent to login)" : "")}", page);
        return await PressAllowAsync(session, clientId, verifier, page);
    }

    /// <summary>Presses Allow on an open consent page.</summary>
    public async Task<Approved> PressAllowAsync(Session session, string clientId, string verifier, Reply page)
    {
        var reply = await PostAsync("/oauth2/authorize", session, [.. HiddenFields(page), new("decision", "approve")]);
        var code = reply.Location is { } location ? CodeParameter().Match(location).Groups[1].Value : "";
        return code.Length > 0
            ? new(clientId, Uri.UnescapeDataString(code), verifier)
            : throw Unexpected($"approval of client {clientId}", reply);
    }

    public static string NewVerifier() => Base64Url(RandomNumberGenerator.GetBytes(32));

    public Task<Reply> RedeemAsync(Approved approved) =>
        PostAsync(
            "/oauth2/token",
            null,
            new("grant_type", "authorization_code"),
            new("client_id", approved.ClientId),
            new("code", approved.Code),
            new("code_verifier", approved.Verifier),
            new("redirect_uri", RedirectUri)
        );

    public Task<Reply> RefreshAsync(string clientId, string refreshToken) =>
        PostAsync(
            "/oauth2/token",
            null,
            new("grant_type", "refresh_token"),
            new("client_id", clientId),
            new("refresh_token", refreshToken)
        );

    public Task<Reply> RevokeAsync(string clientId, string token) =>
        PostAsync("/oauth2/revoke", null, new("client_id", clientId), new("token", token));

    /// <summary>Whether the server says that the token is alive, asked by the client that may know everything.</summary>
    public async Task<bool> IsActiveAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/introspect");
        request.Content = new FormUrlEncodedContent([new("token", token)]);
        request.Headers.Authorization = new("Basic", Convert.ToBase64String("demo-web:demo-web-secret"u8));
        var reply = await SendAsync(request);
        return reply.IsOk ? reply.Text("active") == "True" : throw Unexpected("introspection", reply);
    }

    /// <summary>Calls QuickStart's own API with an access token.</summary>
    public Task<Reply> CallApiAsync(string accessToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/notes");
        request.Headers.Authorization = new("Bearer", accessToken);
        return SendAsync(request);
    }

    /// <summary>The ids of the published keys.</summary>
    public async Task<HashSet<string>> PublishedKeysAsync()
    {
        var keys = await http.GetFromJsonAsync<JsonElement>("/oauth2/jwks");
        return [.. keys.GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("kid").GetString()!)];
    }

    /// <summary>The id of the key that signed a token.</summary>
    public static string KeyOf(string accessToken)
    {
        using var header = JsonDocument.Parse(
            System.Buffers.Text.Base64Url.DecodeFromChars(accessToken.AsSpan(0, accessToken.IndexOf('.', StringComparison.Ordinal)))
        );
        return header.RootElement.GetProperty("kid").GetString()!;
    }

    private static string Base64Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private UnexpectedReplyException Unexpected(string step, Reply reply) => new($"{node}: {step}", reply);

    public Task<Reply> PostAsync(string path, Session? session, params IEnumerable<KeyValuePair<string, string>> form) =>
        SendAsync(new(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) }, session);

    public async Task<Reply> SendAsync(HttpRequestMessage request, Session? session = null)
    {
        using (request)
        {
            if (session?.Header is { Length: > 0 } cookies)
                request.Headers.Add("Cookie", cookies);
            using var response = await AnswerAsync(request);
            session?.Take(response.Headers);
            // A Location is compared and cut as it was sent.
            response.Headers.NonValidated.TryGetValues("Location", out var location);
            return new(
                response.StatusCode,
                location.Count > 0 ? location.ToString() : null,
                await response.Content.ReadAsStringAsync(),
                response.Headers.RetryAfter is not null
            );
        }
    }

    // When the peer is killed as soon as the connection is made, HttpClient throws the exception of the socket as it is.
    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request)
    {
        try
        {
            return await http.SendAsync(request);
        }
        catch (SocketException e)
        {
            throw new HttpRequestException(e.Message, e);
        }
    }

    public static IEnumerable<KeyValuePair<string, string>> HiddenFields(Reply page) =>
        HiddenField()
            .Matches(page.Body)
            .Select(m => KeyValuePair.Create(WebUtility.HtmlDecode(m.Groups[1].Value), WebUtility.HtmlDecode(m.Groups[2].Value)));

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">")]
    private static partial Regex HiddenField();

    [GeneratedRegex("[?&]code=([^&]+)")]
    private static partial Regex CodeParameter();
}
