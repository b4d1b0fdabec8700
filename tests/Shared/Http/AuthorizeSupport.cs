using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>What the fixtures of the authorization endpoint, of registration and of discovery share.</summary>
internal static class AuthorizeSupport
{
    private static int users;

    /// <summary>A browser of a user whom nothing is remembered for.</summary>
    public static Browser NewUser(this TestApp app) => app.NewBrowser("user" + Interlocked.Increment(ref users));

    /// <summary>Whether an answer is the consent page.</summary>
    public static bool IsConsentPage(this Answer answer) =>
        answer.Status == 200 && answer.Body.Contains("<button name=\"decision\" value=\"deny\"", StringComparison.Ordinal);

    /// <summary>The one heading of a page as it is read.</summary>
    public static string Heading(this Answer page)
    {
        var heading = page.Body.Split("<h1>").Should().HaveCount(2, page.Body).And.Subject.Last().Split("</h1>")[0];
        return WebUtility.HtmlDecode(
            heading.Replace("<bdi>", "", StringComparison.Ordinal).Replace("</bdi>", "", StringComparison.Ordinal)
        );
    }

    /// <summary>The local path that the sign-in page is to return to.</summary>
    public static string ReturnUrl(this Answer challenge)
    {
        challenge.Location.Should().StartWith("/login?ReturnUrl=");
        return Uri.UnescapeDataString(challenge.Location!["/login?ReturnUrl=".Length..]);
    }

    public static async Task<IReadOnlyList<AuthorizationRecord>> RowsAsync(this TestApp app, string? subject, string? client = null) =>
        (await app.Services.GetRequiredService<IAuthorizationStore>().ListAsync(new(subject, client), CancellationToken.None)).Items;

    /// <summary>Registers a public client by dynamic registration; its id.</summary>
    public static async Task<string> DcrAsync(this TestApp app, params string[] redirectUris)
    {
        var answer = await app.RegisterAsync(
            new
            {
                redirect_uris = redirectUris.Length > 0 ? redirectUris : [TestApp.RedirectUri],
                token_endpoint_auth_method = "none",
                client_name = "Some app",
            }
        );
        answer.Status.Should().Be(201, answer.Body);
        return answer.Text("client_id")!;
    }

    /// <summary>A request made below the HTTP client, which would repair or refuse what is to be tested.</summary>
    public static async Task<Answer> RawAsync(this TestApp app, Action<HttpContext> configure)
    {
        var http = await app.Server.SendAsync(context =>
        {
            (context.Request.Scheme, context.Request.Host) = ("https", new("auth.example.com"));
            configure(context);
        });
        using var response = new HttpResponseMessage((HttpStatusCode)http.Response.StatusCode) { RequestMessage = new() };
        response.RequestMessage.Headers.TryAddWithoutValidation("Authorization", http.Request.Headers.Authorization.OfType<string>());
        response.Content = new ByteArrayContent([]);
        foreach (var (name, values) in http.Response.Headers.Where(h => h.Key != "Content-Length"))
        {
            if (!response.Headers.TryAddWithoutValidation(name, values.ToArray()))
                response.Content.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        using var reader = new StreamReader(http.Response.Body);
        return new(response, await reader.ReadToEndAsync());
    }

    /// <summary>Makes the request of <see cref="RawAsync"/> a POST with this body.</summary>
    public static void Post(this HttpContext http, string path, string body, string contentType = "application/x-www-form-urlencoded")
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(body);
        (http.Request.Method, http.Request.Path) = ("POST", path);
        (http.Request.ContentType, http.Request.ContentLength, http.Request.Body) = (contentType, bytes.Length, new MemoryStream(bytes));
    }
}

/// <summary>Keeps what the built-in UI would be told, and shows a blank page.</summary>
internal sealed class CapturingUi : IAuthorizationUi
{
    private (AuthorizationContext Context, ConsentForm Form) last;

    public async ValueTask<AuthorizationDecision> DecideAsync(AuthorizationContext context, CancellationToken ct)
    {
        last = (context, await context.FormAsync(ct));
        return AuthorizationDecision.Ask(Results.Text(""));
    }

    /// <summary>What a UI is told about a request, and what its page would show.</summary>
    public static async Task<(AuthorizationContext Context, ConsentForm Form)> ContextOfAsync(TestApp app, string url)
    {
        (await app.NewUser().GetAsync(url)).Status.Should().Be(200);
        return ((CapturingUi)app.Services.GetRequiredService<IAuthorizationUi>()).last;
    }
}
