using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace IdentitySignIn;

/// <summary>The host's database: the users, and beside them the tables of the authorization server.</summary>
internal sealed class AppDb(DbContextOptions<AppDb> options) : IdentityDbContext<AppUser>(options)
{
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.UseHqOAuth2();
    }
}

internal sealed class AppUser : IdentityUser;
