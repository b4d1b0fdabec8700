using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

namespace SignIn.Tests;

internal static class Samples
{
    /// <summary>A sample at <see cref="Browser.App"/>, whose client is at another place.</summary>
    /// <typeparam name="T">A type of the sample.</typeparam>
    public static WebApplicationFactory<T> Start<T>(Action<IWebHostBuilder> host)
        where T : class =>
        new WebApplicationFactory<T>().WithWebHostBuilder(b =>
        {
            b.UseSetting("AllowedHosts", "*");
            b.UseSetting("auth:oauth2:authorizationServer:issuerURL", Browser.App);
            b.UseSetting("auth:oauth2:authorizationServer:clients:0:redirectUris:0", Browser.Callback);
            host(b);
        });
}
