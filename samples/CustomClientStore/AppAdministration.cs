using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;

namespace CustomClientStore;

/// <summary>The host's own way to add and block apps. In a real host it needs a policy; here anybody on this machine may.</summary>
internal static class AppAdministration
{
    public static void MapAppAdministration(this WebApplication app)
    {
        app.MapPost(
            "/apps",
            async (NewApp posted, AppDb db, TimeProvider time) =>
            {
                var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
                var added = new App
                {
                    Key = "app-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)),
                    Name = posted.Name,
                    BcryptOfSecret = BCrypt.Net.BCrypt.HashPassword(secret, 8),
                    Callbacks = string.Join('\n', posted.Callbacks ?? []),
                    AddedAt = time.GetUtcNow().UtcDateTime,
                };
                db.Add(added);
                await db.SaveChangesAsync();
                return new AddedApp(added.Key, secret);
            }
        );
        app.MapPost(
            "/apps/{key}/block",
            async (string key, AppDb db) =>
                await db.Apps.Where(a => a.Key == key).ExecuteUpdateAsync(set => set.SetProperty(a => a.IsBlocked, true)) == 1
                    ? Results.NoContent()
                    : Results.NotFound()
        );
    }
}

/// <summary>An app to add: its name, and where it may be redirected to (nowhere: a service).</summary>
internal sealed record NewApp(string Name, string[]? Callbacks);

/// <summary>The key and, this once, the secret of an app that was added.</summary>
internal sealed record AddedApp(string Key, string Secret);
