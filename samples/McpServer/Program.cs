using System.Collections.Concurrent;
using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using ModelContextProtocol.Server;
using QuickStart;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

// The issuer is where this host listens, and tokens are for its MCP endpoint, unless the configuration says otherwise.
var issuer = builder.Configuration.FollowUrls(resourcePath: "/mcp");

// How users sign in at this host, and the tokens that its MCP endpoint takes.
builder
    .Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
    .AddCookie(options => options.LoginPath = "/login")
    .AddHqOAuth2Bearer();
builder.Services.AddAuthorization();

// The authorization server: clients register, or bring a metadata document; users sign in, consent, and get their way back.
builder
    .Services.AddHqOAuth2(builder.Configuration)
    .UseSqlite(builder.Configuration["store"] ?? $"Data Source={Path.Combine(AppContext.BaseDirectory, "mcp.db")}")
    .PersistDataProtectionKeys("HQ.OAuth2 McpServer");

// The MCP server.
builder.Services.AddMcpServer().WithHttpTransport(options => options.Stateless = true).WithTools<NoteTools>();

var app = builder.Build();

// The server's own answers say so already; this host's pages do too: browsers take a content type as it is.
app.Use(
    (http, next) =>
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return next(http);
    }
);
app.UseAuthentication();
app.UseAuthorization();
app.MapHqOAuth2();
app.MapMcp("/mcp").RequireScope("read").RequireToolScope("add_note", "write").RequireToolScope("delete_notes", "delete");
app.MapSignIn();
app.UseStaticFiles();

// What the sample says of itself, on the console and at its home page.
var welcome = $$"""

    HQ.OAuth2 McpServer: an MCP server at {{issuer}}/mcp, and the authorization server of its users
      users       alice/alice, bob/bob
      tools       list_notes needs the scope read, add_note write, delete_notes delete
      discovery   {{issuer}}/.well-known/oauth-authorization-server
      allowed     {{issuer}}/oauth2/connected-apps shows what a user allowed
    Try next:
      claude mcp add --transport http notes {{issuer}}/mcp
      curl -si {{issuer}}/mcp -H 'content-type: application/json' -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'

    """;
app.MapGet("/", () => welcome);
app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine(welcome));
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
