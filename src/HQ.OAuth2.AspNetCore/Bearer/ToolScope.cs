using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>The scope that a tool of an MCP endpoint needs in addition to the scope of the endpoint.</summary>
internal sealed record ToolScope(string Tool, ScopeSet Scope)
{
    /// <summary>The maximum size of a message in bytes; a longer one is not read, so it needs the scope of all tools.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Checks the tool that a request calls before the request continues.</summary>
    public static async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (HttpMethods.IsPost(http.Request.Method))
        {
            var needed = await NeededAsync(http, http.GetEndpoint()!.Metadata.GetOrderedMetadata<ToolScope>());
            if (!ScopeRequirement.IsMet(http.User, needed))
            {
                await ScopeRequirement.ForbidAsync(http, needed);
                return;
            }
        }

        await next(http);
    }

    // A body that cannot be read with certainty needs the scope of all tools: two parsers may read it differently.
    private static async Task<ScopeSet> NeededAsync(HttpContext http, IReadOnlyList<ToolScope> tools)
    {
        http.Request.EnableBuffering();
        try
        {
            if (await ReadAsync(http) is not { } sent)
                return ScopeOf(tools.Select(t => t.Tool), tools);
            using var body = await JsonDocument.ParseAsync(sent, new() { AllowDuplicateProperties = false }, http.RequestAborted);
            return ScopeOf(Called(body.RootElement), tools);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return ScopeOf(tools.Select(t => t.Tool), tools);
        }
        finally
        {
            http.Request.Body.Position = 0;
        }
    }

    // The body up to the limit; null when it is longer.
    private static async Task<MemoryStream?> ReadAsync(HttpContext http)
    {
        var sent = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
        {
            if (sent.Length + read > MaxBytes)
                return null;
            sent.Write(buffer, 0, read);
        }

        sent.Position = 0;
        return sent;
    }

    private static ScopeSet ScopeOf(IEnumerable<string> called, IReadOnlyList<ToolScope> tools) =>
        ScopeSet.Of(called.SelectMany(name => tools.Where(t => t.Tool == name)).SelectMany(t => t.Scope));

    // JSON-RPC: {"method":"tools/call","params":{"name":"..."}}, or a batch of such messages. Member names in any case, as servers read them.
    private static IEnumerable<string> Called(JsonElement message) =>
        message.ValueKind == JsonValueKind.Array ? message.EnumerateArray().SelectMany(Called)
        : Members(message, "method").Any(m => m is { ValueKind: JsonValueKind.String } && m.ValueEquals("tools/call"))
            ? Members(message, "params")
                .SelectMany(p => Members(p, "name"))
                .Where(n => n.ValueKind == JsonValueKind.String)
                .Select(n => n.GetString()!)
        : [];

    private static IEnumerable<JsonElement> Members(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object
            ? json.EnumerateObject().Where(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)).Select(p => p.Value)
            : [];
}
