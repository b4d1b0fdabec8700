using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;

namespace IdentitySignIn;

/// <summary>
/// Keeps the time of the sign-in in the claim <c>auth_time</c>. The cookie's own time is a later one: the cookie is renewed while it slides, and
/// each time Identity reads the user again.
/// </summary>
internal static class SignInTime
{
    private const string Claim = "auth_time";

    public static void AddSignInTime(this IServiceCollection services)
    {
        services.ConfigureApplicationCookie(options => options.Events.OnSigningIn = AddAsync);
        // Identity makes the claims of a cookie anew every 30 minutes.
        services.Configure<SecurityStampValidatorOptions>(options =>
            options.OnRefreshingPrincipal = context =>
            {
                Keep(context.CurrentPrincipal, context.NewPrincipal);
                return Task.CompletedTask;
            }
        );
    }

    private static async Task AddAsync(CookieSigningInContext context)
    {
        // RefreshSignInAsync writes the old cookie again, with the properties of the old one. It is no sign-in.
        var old = await context.HttpContext.AuthenticateAsync(context.Scheme.Name);
        if (old.Properties is { } properties && properties.IssuedUtc == context.Properties.IssuedUtc)
        {
            Keep(old.Principal, context.Principal);
            return;
        }

        var now = context.Properties.IssuedUtc!.Value.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        (context.Principal?.Identity as ClaimsIdentity)?.AddClaim(new Claim(Claim, now, ClaimValueTypes.Integer64));
    }

    private static void Keep(ClaimsPrincipal? from, ClaimsPrincipal? to)
    {
        if (from?.FindFirst(Claim) is { } time && to?.Identity is ClaimsIdentity identity)
            identity.AddClaim(time.Clone(identity));
    }
}
