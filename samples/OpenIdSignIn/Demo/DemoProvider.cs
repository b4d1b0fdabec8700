using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OpenIdSignIn.Demo;

/// <summary>
/// An OpenID provider to try the sample with, and for its tests; it protects nothing. Everybody may be alice or bob, without a password. It has one
/// client, and remembers in one browser which users are signed in and since when.
/// </summary>
/// <param name="issuer">Its address.</param>
/// <param name="host">The address of the app that signs users in here.</param>
internal sealed class DemoProvider(string issuer, string host)
{
    public const string ClientId = "sample";
    public const string ClientSecret = "a secret of the demo";
    private const string Cookie = "provider-session";

    private static readonly string[] users = ["alice", "bob"];
    private static readonly string[] codeOnly = ["code"];
    private static readonly string[] publicOnly = ["public"];
    private static readonly string[] rs256 = ["RS256"];

    private readonly RsaSecurityKey key = new(RSA.Create(2048)) { KeyId = "demo" };
    private readonly ConcurrentDictionary<string, Session> sessions = new();
    private readonly ConcurrentDictionary<string, Code> codes = new();

    /// <summary>The parameters of each authorization request.</summary>
    public ConcurrentQueue<IReadOnlyDictionary<string, string>> Requests { get; } = new();

    /// <summary>Whether the id token says when the user signed in. Not all providers do.</summary>
    public bool TellsSignInTime { get; set; } = true;

    /// <summary>Whether <c>prompt</c> and <c>max_age</c> count. Not all providers know them all.</summary>
    public bool HeedsPrompt { get; set; } = true;

    /// <summary>Whether the token endpoint works.</summary>
    public bool IsDown { get; set; }

    /// <summary>Starts one; the configuration of the app that uses it.</summary>
    public static async Task<Dictionary<string, string?>> StartAsync(string issuer, string host)
    {
        // Without the configuration of the sample, which is another app.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls(issuer);
        builder.Services.AddRouting();
        var app = builder.Build();
        new DemoProvider(issuer, host).Map(app);
        await app.StartAsync();
        return new()
        {
            ["openid:authority"] = issuer,
            ["openid:clientId"] = ClientId,
            ["openid:clientSecret"] = ClientSecret,
            ["openid:requireHttpsMetadata"] = "false",
        };
    }

    public void Map(WebApplication app)
    {
        app.MapGet(
            "/.well-known/openid-configuration",
            () =>
                new
                {
                    issuer,
                    authorization_endpoint = issuer + "/authorize",
                    token_endpoint = issuer + "/token",
                    jwks_uri = issuer + "/jwks",
                    end_session_endpoint = issuer + "/sign-out",
                    response_types_supported = codeOnly,
                    subject_types_supported = publicOnly,
                    id_token_signing_alg_values_supported = rs256,
                }
        );
        app.MapGet("/jwks", () => new { keys = new[] { PublicKey() } });
        app.MapGet("/authorize", Authorize);
        app.MapPost("/authorize", (Delegate)ChooseAsync);
        app.MapPost("/token", (Delegate)TokenAsync);
        app.MapGet("/sign-out", SignOut);
    }

    /// <summary>Lets time pass for everybody who is signed in here.</summary>
    public void Age(TimeSpan by)
    {
        foreach (var session in sessions.Values)
        {
            foreach (var (user, at) in session.Users)
                session.Users[user] = at - by;
        }
    }

    private IResult Authorize(HttpContext http)
    {
        var query = http.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString());
        Requests.Enqueue(query);
        if (query.GetValueOrDefault("client_id") != ClientId || query.GetValueOrDefault("redirect_uri") != host + "/signin-oidc")
            return Results.BadRequest("No such client or redirect URI.");
        if (
            SessionOf(http) is { Current: { } user } session
            && session.Users.TryGetValue(user, out var at)
            && (!HeedsPrompt || (!query.ContainsKey("prompt") && !IsTooOld(at, query)))
        )
            return Answer(query, user, at);

        var hint = query.GetValueOrDefault("login_hint") ?? "alice";
        var names = users.OrderBy(u => u != hint).Select(u => $"<button name=\"user\" value=\"{u}\">{u}</button>");
        return Results.Text(
            $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Demo provider</title></head>
            <body><h1>Demo provider</h1><form method="post" action="/authorize{HtmlEncoder.Default.Encode(
                http.Request.QueryString.Value!
            )}">
            {string.Join(' ', names)} <button name="user" value="">Cancel</button></form></body></html>
            """,
            "text/html; charset=utf-8"
        );
    }

    private async Task<IResult> ChooseAsync(HttpContext http)
    {
        var query = http.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString());
        if (query.GetValueOrDefault("client_id") != ClientId || query.GetValueOrDefault("redirect_uri") != host + "/signin-oidc")
            return Results.BadRequest("No such client or redirect URI.");
        var user = (await http.Request.ReadFormAsync())["user"].ToString();
        if (!users.Contains(user))
            return Redirect(query, ("error", "access_denied"));

        var session = SessionOf(http) ?? NewSession(http);
        // A user who is signed in here keeps the time of that sign-in, unless a new one is wanted.
        if (!session.Users.TryGetValue(user, out var at) || query.GetValueOrDefault("prompt") == "login" || IsTooOld(at, query))
            at = DateTimeOffset.UtcNow;
        (session.Users[user], session.Current) = (at, user);
        return Answer(query, user, at);
    }

    private async Task<IResult> TokenAsync(HttpContext http)
    {
        if (IsDown)
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        var form = await http.Request.ReadFormAsync();
        var verifier = SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()));
        if (
            form["client_id"] != ClientId
            || form["client_secret"] != ClientSecret
            || !codes.TryRemove(form["code"].ToString(), out var code)
            || form["redirect_uri"] != host + "/signin-oidc"
            || Base64Url.EncodeToString(verifier) != code.Challenge
        )
            return Results.Json(new { error = "invalid_grant" }, statusCode: StatusCodes.Status400BadRequest);

        var claims = new Dictionary<string, object>
        {
            ["sub"] = code.User,
            ["name"] = code.User,
            ["nonce"] = code.Nonce,
        };
        if (TellsSignInTime)
            claims["auth_time"] = code.SignedInAt.ToUnixTimeSeconds();
        var token = new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = ClientId,
            Claims = claims,
            SigningCredentials = new(key, SecurityAlgorithms.RsaSha256),
        };
        return Results.Json(
            new
            {
                access_token = "of no use here",
                token_type = "Bearer",
                expires_in = 60,
                id_token = new JsonWebTokenHandler().CreateToken(token),
            }
        );
    }

    private IResult SignOut(HttpContext http, string? post_logout_redirect_uri, string? state)
    {
        if (http.Request.Cookies[Cookie] is { } id)
            sessions.TryRemove(id, out _);
        return post_logout_redirect_uri == host + "/signout-callback-oidc"
            ? Results.Redirect($"{post_logout_redirect_uri}?state={Uri.EscapeDataString(state ?? "")}")
            : Results.Text("Signed out.");
    }

    private IResult Answer(Dictionary<string, string> query, string user, DateTimeOffset at)
    {
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        codes[code] = new(user, at, query.GetValueOrDefault("nonce") ?? "", query.GetValueOrDefault("code_challenge") ?? "");
        return Redirect(query, ("code", code));
    }

    private static IResult Redirect(Dictionary<string, string> query, (string Name, string Value) answer) =>
        Results.Redirect(
            $"{query["redirect_uri"]}?{answer.Name}={answer.Value}&state={Uri.EscapeDataString(query.GetValueOrDefault("state") ?? "")}"
        );

    private static bool IsTooOld(DateTimeOffset at, Dictionary<string, string> query) =>
        int.TryParse(query.GetValueOrDefault("max_age"), out var seconds) && DateTimeOffset.UtcNow - at > TimeSpan.FromSeconds(seconds);

    private Session? SessionOf(HttpContext http) => http.Request.Cookies[Cookie] is { } id ? sessions.GetValueOrDefault(id) : null;

    private Session NewSession(HttpContext http)
    {
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        http.Response.Cookies.Append(Cookie, id, new() { HttpOnly = true, SameSite = SameSiteMode.Lax });
        return sessions[id] = new();
    }

    private object PublicKey()
    {
        var parameters = key.Rsa.ExportParameters(includePrivateParameters: false);
        return new
        {
            kty = "RSA",
            use = "sig",
            alg = "RS256",
            kid = key.KeyId,
            n = Base64Url.EncodeToString(parameters.Modulus),
            e = Base64Url.EncodeToString(parameters.Exponent),
        };
    }

    private sealed class Session
    {
        public ConcurrentDictionary<string, DateTimeOffset> Users { get; } = new();

        public string? Current { get; set; }
    }

    private sealed record Code(string User, DateTimeOffset SignedInAt, string Nonce, string Challenge);
}
