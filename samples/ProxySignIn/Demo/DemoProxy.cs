using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Encodings.Web;

namespace ProxySignIn.Demo;

/// <summary>
/// Stands for oauth2-proxy or Authelia, to try the sample with, and for its tests; it protects nothing. Everybody may be alice or bob, without a
/// password. It adds the headers for a user who is signed in, and lets the requests of others pass without them.
/// </summary>
internal sealed class DemoProxy(HttpMessageInvoker upstream, Uri address, string secret)
{
    private const string Cookie = "proxy-session";

    private static readonly HashSet<string> dropped = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection",
        "Keep-Alive",
        "Transfer-Encoding",
        "Upgrade",
        // A client may have sent these itself.
        "X-Forwarded-User",
        "X-Proxy-Secret",
    };

    private readonly ConcurrentDictionary<string, string> sessions = new();

    /// <summary>Whether users arrive with the header, as they should.</summary>
    public bool SendsUser { get; set; } = true;

    public string Secret { get; set; } = secret;

    public static async Task StartAsync(string url, string upstream, string secret)
    {
        // Without the configuration of the sample, which is another app.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls(url);
        builder.Services.AddRouting();
        var app = builder.Build();
        var http = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        };
        new DemoProxy(new HttpMessageInvoker(http), new Uri(upstream), secret).Map(app);
        await app.StartAsync();
    }

    public void Map(WebApplication app)
    {
        app.MapGet("/proxy/sign_in", (HttpContext http, string? rd) => UserOf(http) is null ? Form(rd) : Results.Redirect(Local(rd)));
        app.MapPost("/proxy/sign_in", SignInAsync);
        app.MapGet("/proxy/sign_out", SignOut);
        app.MapFallback("{**path}", ForwardAsync);
    }

    private static IResult Form(string? rd) =>
        Results.Text(
            $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Demo proxy</title></head>
            <body><h1>Demo proxy</h1><form method="post" action="/proxy/sign_in?rd={HtmlEncoder.Default.Encode(
                Uri.EscapeDataString(Local(rd))
            )}">
            <button name="user" value="alice">alice</button> <button name="user" value="bob">bob</button></form></body></html>
            """,
            "text/html; charset=utf-8"
        );

    private async Task<IResult> SignInAsync(HttpContext http, string? rd)
    {
        var user = (await http.Request.ReadFormAsync())["user"].ToString();
        if (user is not ("alice" or "bob"))
            return Results.BadRequest("There is no such user.");
        var id = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        sessions[id] = user;
        http.Response.Cookies.Append(Cookie, id, new() { HttpOnly = true, SameSite = SameSiteMode.Lax });
        return Results.Redirect(Local(rd));
    }

    private IResult SignOut(HttpContext http, string? rd)
    {
        if (http.Request.Cookies[Cookie] is { } id)
            sessions.TryRemove(id, out _);
        return Results.Redirect(Local(rd));
    }

    private async Task ForwardAsync(HttpContext http)
    {
        var path = http.Request.PathBase + http.Request.Path + http.Request.QueryString;
        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), new Uri(address, path));
        if (http.Request.ContentLength > 0)
            request.Content = new StreamContent(http.Request.Body);
        foreach (var (name, values) in http.Request.Headers)
        {
            if (!dropped.Contains(name) && !request.Headers.TryAddWithoutValidation(name, values.ToArray()))
                request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        request.Headers.Add("X-Proxy-Secret", Secret);
        if (SendsUser && UserOf(http) is { } user)
            request.Headers.Add("X-Forwarded-User", user);
        using var response = await upstream.SendAsync(request, http.RequestAborted);
        http.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
        {
            if (!dropped.Contains(name))
                http.Response.Headers[name] = values.ToArray();
        }

        await response.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }

    private string? UserOf(HttpContext http) => http.Request.Cookies[Cookie] is { } id ? sessions.GetValueOrDefault(id) : null;

    private static string Local(string? url) => url is ['/', not ('/' or '\\'), ..] && !url.Any(char.IsControl) ? url : "/";
}
