using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace HQ.OAuth2;

/// <summary>
/// The payload of an access token as JSON: texts, lists of texts, numbers, truth values and a key, which are all that a claim can be here.
/// </summary>
internal static class ClaimsJson
{
    // A payload is base64url afterwards: nothing needs escaping but what JSON itself requires.
    private static readonly JsonWriterOptions options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(Dictionary<string, object> claims)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer, options);
        json.WriteStartObject();
        foreach (var (name, value) in claims)
        {
            json.WritePropertyName(name);
            Write(json, value);
        }

        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case string text:
                json.WriteStringValue(text);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case Confirmation confirmation:
                json.WriteStartObject();
                json.WriteString(Confirmation.Member, confirmation.Thumbprint);
                json.WriteEndObject();
                break;
            case IEnumerable<string> texts:
                json.WriteStartArray();
                foreach (var text in texts)
                    json.WriteStringValue(text);
                json.WriteEndArray();
                break;
            default:
                throw new InvalidOperationException($"A claim cannot be a {value.GetType()}.");
        }
    }
}
