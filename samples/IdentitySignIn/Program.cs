using IdentitySignIn;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

var builder = WebApplication.CreateBuilder(args);

// Identity, as in an app that "dotnet new" makes with --auth Individual.
builder
    .Services.AddAuthentication(options =>
    {
        options.DefaultScheme = IdentityConstants.ApplicationScheme;
        options.DefaultSignInScheme = IdentityConstants.ExternalScheme;
    })
    .AddIdentityCookies();
builder.Services.AddDbContext<AppDb>(options =>
    options.UseSqlite(builder.Configuration.GetConnectionString("app") ?? "Data Source=identity.db")
);
builder
    .Services.AddIdentityCore<AppUser>(options =>
    {
        options.User.RequireUniqueEmail = true;
        // The tables with passkeys.
        options.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
    })
    .AddEntityFrameworkStores<AppDb>()
    .AddSignInManager()
    .AddDefaultTokenProviders();
builder.Services.ConfigureApplicationCookie(options => options.LoginPath = "/login");
builder.Services.AddSignInTime();
builder.Services.AddAuthorization();
builder.Services.AddRazorPages();

// The authorization server, with its tables in the same database. What a user allowed is for one of the user's teams, and ends with a new
// password, a lock-out, or the membership.
builder
    .Services.AddHqOAuth2(builder.Configuration)
    .AddEntityFrameworkStores<AppDb>()
    .AddOrganizations<Teams>()
    .AddIdentityGrantPolicy<AppUser>();

var app = builder.Build();

// A host with data to keep uses migrations instead.
using (var scope = app.Services.CreateScope())
    scope.ServiceProvider.GetRequiredService<AppDb>().Database.EnsureCreated();

app.Use(
    (http, next) =>
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return next(http);
    }
);
app.UseStaticFiles();
app.UseAuthentication();
app.UseAuthorization();
app.MapHqOAuth2();
app.MapRazorPages();
app.MapDemoClient();
app.Run();
