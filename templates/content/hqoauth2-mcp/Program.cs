using System.Collections.Concurrent;
using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using ModelContextProtocol.Server;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
    .AddCookie(options => options.LoginPath = "/login")   // your own sign-in, whatever it is
    .AddHqOAuth2Bearer();                                 // the tokens that your MCP endpoint takes
builder.Services.AddAuthorization();
builder.Services.AddHqOAuth2(builder.Configuration)       // reads auth:oauth2:authorizationServer
    .UseSqlite("Data Source=hq.db")                       // or UsePostgreSql, or your own DbContext
    .PersistDataProtectionKeys("my app");                 // so that a new container, or another node, can read the keys
builder.Services.AddMcpServer().WithHttpTransport(options => options.Stateless = true).WithTools<NoteTools>();

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.MapHqOAuth2();                                        // the endpoints, the consent page, the list of connected apps
app.MapMcp("/mcp").RequireScope("read").RequireToolScope("add_note", "write").RequireToolScope("delete_notes", "delete");

// In place of your sign-in page: everybody is alice. It leads back to the server and nowhere else.
app.MapGet("/login", (string? returnUrl) => Results.SignIn(
    new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "alice")], "demo")),
    new AuthenticationProperties { RedirectUri = returnUrl?.StartsWith("/oauth2/", StringComparison.Ordinal) == true ? returnUrl : "/" },
    CookieAuthenticationDefaults.AuthenticationScheme));
app.Run();

/// <summary>Each user's notes, as long as the process lives.</summary>
[McpServerToolType]
internal sealed class NoteTools
{
    private static readonly ConcurrentDictionary<string, ConcurrentQueue<string>> notes = new(StringComparer.Ordinal);

    [McpServerTool(Name = "list_notes", ReadOnly = true), Description("Lists your notes.")]
    public static string[] List(ClaimsPrincipal user) => [.. Of(user)];

    [McpServerTool(Name = "add_note", Destructive = false), Description("Adds a note.")]
    public static void Add(ClaimsPrincipal user, [Description("The text of the note.")] string text) => Of(user).Enqueue(text);

    [McpServerTool(Name = "delete_notes"), Description("Deletes all your notes.")]
    public static void Delete(ClaimsPrincipal user) => Of(user).Clear();

    private static ConcurrentQueue<string> Of(ClaimsPrincipal user) => notes.GetOrAdd(user.FindFirst("sub")!.Value, _ => new());
}
