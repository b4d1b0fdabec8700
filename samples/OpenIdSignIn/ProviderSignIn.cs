using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace OpenIdSignIn;

/// <summary>Sign-in by an OpenID provider: the provider says who the user is, and a cookie of this host keeps it.</summary>
internal static class ProviderSignIn
{
    private const string Denied = "/sign-in-denied";
    private const string Failed = "/sign-in-failed";

    public static AuthenticationBuilder AddProviderSignIn(this IServiceCollection services, IConfiguration configuration) =>
        services
            .AddAuthentication(options =>
            {
                options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
                // A challenge goes to the provider, with the parameters prompt and max_age.
                options.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme;
            })
            .AddCookie()
            .AddOpenIdConnect(options =>
            {
                // Authority, ClientId and ClientSecret.
                configuration.Bind("openid", options);
                options.ResponseType = OpenIdConnectResponseType.Code;
                // The claims keep their names: the subject is "sub", the name is "name".
                options.MapInboundClaims = false;
                options.TokenValidationParameters.NameClaimType = "name";
                // The answer comes as a link and not as a form of another site, so that its cookies can be SameSite=Lax.
                options.ResponseMode = OpenIdConnectResponseMode.Query;
                (options.CorrelationCookie.SameSite, options.NonceCookie.SameSite) = (SameSiteMode.Lax, SameSiteMode.Lax);
                (options.CorrelationCookie.SecurePolicy, options.NonceCookie.SecurePolicy) = (
                    CookieSecurePolicy.SameAsRequest,
                    CookieSecurePolicy.SameAsRequest
                );
                options.AccessDeniedPath = Denied;
                options.ReturnUrlParameter = "returnUrl";
                options.Events.OnTokenValidated = KeepSignInTime;
                options.Events.OnRemoteFailure = ShowFailure;
            });

    public static void MapProviderSignIn(this WebApplication app)
    {
        app.MapGet(Denied, (string? returnUrl) => Page("You did not sign in.", returnUrl, StatusCodes.Status403Forbidden));
        app.MapGet(Failed, (string? returnUrl) => Page("The sign-in did not work.", returnUrl, StatusCodes.Status502BadGateway));
        // From this host and from the provider.
        app.MapPost(
            "/logout",
            async (HttpContext http, Microsoft.AspNetCore.Antiforgery.IAntiforgery antiforgery) =>
                await antiforgery.IsRequestValidAsync(http)
                    ? Results.SignOut(
                        new() { RedirectUri = "/" },
                        [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme]
                    )
                    : Results.BadRequest()
        );
    }

    // A cookie that slides gets a later time with each renewal: without this claim a renewal would look like a new sign-in.
    private static Task KeepSignInTime(TokenValidatedContext context)
    {
        var now = context.Options.TimeProvider!.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        if (context.Principal?.Identity is ClaimsIdentity user && !user.HasClaim(c => c.Type == "auth_time"))
            user.AddClaim(new Claim("auth_time", now, ClaimValueTypes.Integer64));
        return Task.CompletedTask;
    }

    // The provider reported an error, could not be reached, or the browser lost the cookie of this sign-in. The log has the reason.
    private static Task ShowFailure(RemoteFailureContext context)
    {
        context.HttpContext.RequestServices.GetRequiredService<ILogger<Program>>().LogWarning(context.Failure, "The sign-in failed.");
        context.Response.Redirect($"{Failed}?returnUrl={Uri.EscapeDataString(context.Properties?.RedirectUri ?? "/")}");
        context.HandleResponse();
        return Task.CompletedTask;
    }

    private static ContentHttpResult Page(string text, string? returnUrl, int status)
    {
        // Only the request that the user came with. Anybody can write another address into the link of this page.
        var again = returnUrl?.StartsWith("/oauth2/", StringComparison.Ordinal) == true ? returnUrl : "/";
        return TypedResults.Text(
            $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Sign in</title></head>
            <body><h1>{text}</h1><p><a href="{HtmlEncoder.Default.Encode(
                again
            )}">Try again</a>, or go back to the app you came from.</p></body></html>
            """,
            "text/html; charset=utf-8",
            statusCode: status
        );
    }
}
