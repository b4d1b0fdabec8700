using System.Text;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Calls of a tool of an MCP endpoint.</summary>
internal static class ToolCalls
{
    public static Task<Answer> CallToolAsync(this TestApp app, string tool, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Content = new StringContent(
                $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{tool}}}"}}""",
                Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.Authorization = new("Bearer", token);
        return app.SendAsync(request);
    }
}
