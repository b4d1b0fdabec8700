using System.Text.Json;

namespace HQ.OAuth2;

/// <summary>
/// Reads client metadata from JSON (RFC 7591 §2, §3.1). Names are compared ordinally and may not repeat, unknown members are ignored, null and
/// the empty string count as absent, because real clients send both.
/// </summary>
internal static class ClientMetadataJson
{
    public static Outcome<ClientMetadata> Parse(ReadOnlyMemory<byte> body) => Parse(body, Read);

    /// <summary>Reads the body as one JSON object by a function that knows its members.</summary>
    public static Outcome<T> Parse<T>(ReadOnlyMemory<byte> body, Func<JsonElement, Outcome<T>> read)
        where T : notnull
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body, new() { AllowDuplicateProperties = false, MaxDepth = 16 });
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name with a lone surrogate cannot be compared with the others.
            return OAuthError.NotAJsonObject;
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return OAuthError.NotAJsonObject;
            try
            {
                return read(document.RootElement);
            }
            catch (WrongTypeException wrong)
            {
                return OAuthError.InvalidClientMetadata(wrong.Member, "it has the wrong JSON type");
            }
            catch (InvalidOperationException)
            {
                // A string with a lone surrogate is no text.
                return OAuthError.NotAJsonObject;
            }
        }
    }

    /// <summary>The members of RFC 7591 §2.</summary>
    public static Outcome<ClientMetadata> Read(JsonElement json)
    {
        // §2: keys by value or by reference.
        var jwks = Member(json, "jwks")?.GetRawText();
        if (jwks is not null && Member(json, "jwks_uri") is not null)
            return OAuthError.InvalidClientMetadata("jwks", "must not be present together with jwks_uri");
        var metadata = new ClientMetadata { Jwks = jwks };
        foreach (var text in ClientMetadata.Texts)
            metadata = Text(json, text.Name) is { } value ? text.Set(metadata, value) : metadata;
        foreach (var flag in ClientMetadata.Flags)
            metadata = Flag(json, flag.Name) is { } value ? flag.Set(metadata, value) : metadata;
        foreach (var list in ClientMetadata.Lists)
            metadata = Texts(json, list.Name) is { } values ? list.Set(metadata, values) : metadata;
        return metadata;
    }

    private static JsonElement? Member(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement json, string name) =>
        Member(json, name) is not { } value ? null
        : value.ValueKind != JsonValueKind.String ? throw new WrongTypeException(name)
        : value.GetString() is { Length: > 0 } text ? text
        : null;

    private static bool? Flag(JsonElement json, string name) =>
        Member(json, name) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw new WrongTypeException(name);

    private static string[]? Texts(JsonElement json, string name) =>
        Member(json, name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.Array } array when array.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String) =>
            [
                .. array.EnumerateArray().Select(e => e.GetString()!),
            ],
            _ => throw new WrongTypeException(name),
        };

    // Thrown and caught in this file only: one of two dozen members is wrong, and the answer names it.
    private sealed class WrongTypeException(string member) : Exception
    {
        public string Member { get; } = member;
    }
}
