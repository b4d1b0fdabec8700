using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ProxySignIn;

/// <summary>Sign-in by a proxy in front of this host: the proxy asks the user, and names the user in a header of each request.</summary>
internal sealed class ProxyAuthenticationHandler(IOptionsMonitor<ProxySignInOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : SignOutAuthenticationHandler<ProxySignInOptions>(options, logger, encoder)
{
    private const string Asked = "proxy-sign-in-asked";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        var names = Request.Headers[Options.UserHeader];
        if (StringValues.IsNullOrEmpty(names))
            return AuthenticateResult.NoResult();
        if (Distrust() is { } reason)
        {
            Logger.LogWarning("The header {Header} is ignored: {Reason}", Options.UserHeader, reason);
            return AuthenticateResult.Fail(reason);
        }

        if (names is not [{ Length: > 0 } user] || user.Contains(','))
            return AuthenticateResult.Fail($"The header {Options.UserHeader} names several users.");
        var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user), new(ClaimTypes.Name, user)], Scheme.Name);
        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Scheme.Name));
    }

    // Anybody can send a header. It counts only from the address of the proxy, and with the secret that only the proxy knows.
    private string? Distrust()
    {
        var peer = Context.Connection.RemoteIpAddress;
        if (peer is { IsIPv4MappedToIPv6: true })
            peer = peer.MapToIPv4();
        if (peer is null || !Options.Addresses.Select(IPAddress.Parse).Contains(peer))
            return $"the request comes from {peer}, which is not one of proxy:addresses";
        var secret = Request.Headers[Options.SecretHeader].ToString();
        return
            Options.Secret is { } expected
            && !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(expected))
            ? $"the header {Options.SecretHeader} has not the value of proxy:secret"
            : null;
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var known = await HandleAuthenticateOnceSafeAsync();
        // The proxy would send the same request again: that would be a loop of redirects.
        if (known.Failure is not null)
        {
            await RefuseAsync("The sign-in of the proxy does not count here. The log of this host has the reason.");
            return;
        }

        if (known.None && Request.Cookies.ContainsKey(Asked))
        {
            await RefuseAsync($"You come from the sign-in of the proxy, and its header {Options.UserHeader} did not arrive.");
            return;
        }

        Response.Cookies.Append(
            Asked,
            "1",
            new()
            {
                HttpOnly = true,
                Secure = Request.IsHttps,
                MaxAge = TimeSpan.FromSeconds(5),
            }
        );
        var signIn = Address(Options.SignInUrl, Options.PublicUrl + (properties.RedirectUri ?? "/"));
        // A new sign-in or another account is wanted: the session at the proxy ends first.
        Response.Redirect(properties.GetParameter<string>("prompt") is null ? signIn : Address(Options.SignOutUrl, signIn));
    }

    protected override Task HandleSignOutAsync(AuthenticationProperties? properties)
    {
        Response.Redirect(Address(Options.SignOutUrl, Options.PublicUrl + (properties?.RedirectUri ?? "/")));
        return Task.CompletedTask;
    }

    private static string Address(string template, string returnTo) =>
        template.Replace("{returnUrl}", Uri.EscapeDataString(returnTo), StringComparison.Ordinal);

    private Task RefuseAsync(string text)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        Response.ContentType = "text/plain; charset=utf-8";
        return Response.WriteAsync(text);
    }
}
