using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>The JSON bodies of the API for users and the API for administrators.</summary>
internal static class JsonBody
{
    /// <summary>The body as its type, or the refusal of it; an empty body is an empty object.</summary>
    public static async ValueTask<(T? Body, Reply? Refused)> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        if ((await OAuthHttp.ReadJsonAsync(http)).Failed(out var unreadable, out var bytes))
            return (null, unreadable);
        try
        {
            return JsonSerializer.Deserialize(bytes.Length == 0 ? "{}"u8 : bytes, type) is { } body
                ? (body, null)
                : (null, OAuthError.NotAJsonObject);
        }
        catch (JsonException e)
        {
            // The serializer's own message may quote the body, which may contain a secret in a wrong place; the path does not.
            var name = e.Path is { Length: > 2 } path ? path[2..] : "";
            InvalidField[] fields =
                name.Length == 0 ? [] : [new(OAuthError.Clean(name), "unknown here, there twice, or of the wrong JSON type")];
            return (null, Problem.Refuse(http, OAuthError.NotAJsonObject, fields));
        }
    }
}
