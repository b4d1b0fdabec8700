using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>What a tool of an MCP endpoint needs in addition to what the endpoint needs.</summary>
/// <param name="Tool">The name of the tool.</param>
/// <param name="Demand">The scope, or the age or kind of the sign-in.</param>
internal sealed record ToolDemand(string Tool, Demand Demand)
{
    /// <summary>The maximum size of a message in bytes; a longer one is not read, so it needs what all tools need.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Checks the tool that a request calls before the request continues.</summary>
    public static async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (HttpMethods.IsPost(http.Request.Method))
        {
            var needed = await NeededAsync(http, http.GetEndpoint()!.Metadata.GetOrderedMetadata<ToolDemand>());
            if (!needed.IsMet(http))
            {
                await needed.ForbidAsync(http);
                return;
            }
        }

        await next(http);
    }

    // A body that cannot be read with certainty needs what all tools need: two parsers may read it differently.
    private static async Task<Demand> NeededAsync(HttpContext http, IReadOnlyList<ToolDemand> tools)
    {
        http.Request.EnableBuffering();
        try
        {
            if (await ReadAsync(http) is not { } sent)
                return Of(tools.Select(t => t.Tool), tools);
            using var body = await JsonDocument.ParseAsync(sent, new() { AllowDuplicateProperties = false }, http.RequestAborted);
            return Of(Called(body.RootElement), tools);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Of(tools.Select(t => t.Tool), tools);
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

    private static Demand Of(IEnumerable<string> called, IReadOnlyList<ToolDemand> tools) =>
        Demand.All(called.SelectMany(name => tools.Where(t => t.Tool == name)).Select(t => t.Demand));

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
