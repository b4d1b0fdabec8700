using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests.Hosts;

/// <summary>A host whose users are of ASP.NET Core Identity's API endpoints: its default scheme reads bearer tokens and has no page.</summary>
internal sealed class IdentityApiTests
{
    [Test]
    public async Task A_client_gets_in_where_the_scheme_with_the_sign_in_page_is_named([Values("", "/sub")] string path)
    {
        await using var host = await RealHost.StartAsync(
            path,
            app =>
            {
                app.UsePathBase(path);
                app.UseRouting();
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapHqOAuth2();
                app.MapHqOAuth2Management().RequireAuthorization("admin");
                app.MapPost("/mcp", (HttpContext http) => http.User.FindFirst("sub")!.Value).RequireScope("read");
                RealHost.MapSchemes(app);
                app.MapIdentityApi<IdentityUser>();
                app.MapGet("/login", () => Results.Content("<script src=sign-in.js></script>", "text/html"));
            },
            options: o => o.AuthenticationScheme = IdentityConstants.ApplicationScheme,
            withIdentityApi: true
        );
        await host.RefusalsAreOursAsync();
        await host.ConnectAsync(host.BothSchemesRefuseAsync);
        await host.MissingDocumentsAreMissingAsync();
    }
}

internal static class IdentityApi
{
    private const string Password = "Pass-word-1";

    /// <summary>What alice signs in with.</summary>
    public const string Credentials = $$"""{"email":"alice","password":"{{Password}}"}""";

    public static AuthenticationBuilder AddIdentityApi(this WebApplicationBuilder builder)
    {
        builder.Services.AddIdentityApiEndpoints<IdentityUser>();
        builder.Services.AddSingleton<IUserStore<IdentityUser>, Alice>();
        builder.Services.ConfigureApplicationCookie(o => (o.LoginPath, o.ReturnUrlParameter) = ("/login", "returnUrl"));
        return builder.Services.AddAuthentication();
    }

    /// <summary>The only user. Whatever else is asked of the store is not expected here.</summary>
    private sealed class Alice : IUserPasswordStore<IdentityUser>
    {
        private readonly IdentityUser alice = new("alice") { Id = "alice", NormalizedUserName = "ALICE" };

        public Alice() => alice.PasswordHash = new PasswordHasher<IdentityUser>().HashPassword(alice, Password);

        public Task<IdentityUser?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
            Task.FromResult(normalizedUserName == alice.NormalizedUserName ? alice : null);

        public Task<IdentityUser?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
            Task.FromResult(userId == alice.Id ? alice : null);

        public Task<string> GetUserIdAsync(IdentityUser user, CancellationToken cancellationToken) => Task.FromResult(user.Id);

        public Task<string?> GetUserNameAsync(IdentityUser user, CancellationToken cancellationToken) => Task.FromResult(user.UserName);

        public Task<string?> GetPasswordHashAsync(IdentityUser user, CancellationToken cancellationToken) =>
            Task.FromResult(user.PasswordHash);

        public Task<bool> HasPasswordAsync(IdentityUser user, CancellationToken cancellationToken) => Task.FromResult(true);

        public Task<IdentityResult> UpdateAsync(IdentityUser user, CancellationToken cancellationToken) =>
            Task.FromResult(IdentityResult.Success);

        public Task<IdentityResult> CreateAsync(IdentityUser user, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IdentityResult> DeleteAsync(IdentityUser user, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<string?> GetNormalizedUserNameAsync(IdentityUser user, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task SetNormalizedUserNameAsync(IdentityUser user, string? normalizedName, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task SetUserNameAsync(IdentityUser user, string? userName, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task SetPasswordHashAsync(IdentityUser user, string? passwordHash, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public void Dispose() { }
    }
}
