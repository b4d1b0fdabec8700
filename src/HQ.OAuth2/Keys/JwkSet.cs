using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HQ.OAuth2;

/// <summary>The public keys of one client (RFC 7517 §5): those by which a signature can be verified here. All others are ignored.</summary>
internal sealed class JwkSet
{
    // More keys than any client needs while it replaces one.
    private const int MaxKeys = 50;
    private const int MaxDepth = 16;

    private JwkSet(IReadOnlyList<PublicJwk> keys) => Keys = keys;

    /// <summary>The keys, in the order of the set.</summary>
    public IReadOnlyList<PublicJwk> Keys { get; }

    /// <summary>Reads a set.</summary>
    /// <param name="json">The text of the set.</param>
    /// <param name="set">The set; it may have no key.</param>
    /// <param name="problem">Why it is refused, or why it has no key, in words that follow a name. No part of a key is repeated.</param>
    /// <returns>False when it is no set, has too many keys, or has a private or symmetric key.</returns>
    public static bool TryRead(
        ReadOnlyMemory<byte> json,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out JwkSet? set,
        out string? problem
    )
    {
        (set, problem) = (null, "must be a JWK Set with public keys");
        try
        {
            using var document = JsonDocument.Parse(json, new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth });
            if (
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("keys", out var list)
                && list.ValueKind == JsonValueKind.Array
            )
                problem = Read(list, out set);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name with a lone surrogate cannot be compared with the others.
        }

        return set is not null;
    }

    /// <summary>Reads a set in a text.</summary>
    public static bool TryRead(string json, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out JwkSet? set, out string? problem) =>
        TryRead(Encoding.UTF8.GetBytes(json), out set, out problem);

    /// <summary>
    /// The one key that may have made a signature: the first with this id that fits the algorithm. Without an id it is the only key of the set that
    /// fits. Null when there is none: no second key is tried.
    /// </summary>
    public PublicJwk? Find(string? kid, string algorithm)
    {
        if (kid is not null)
            return Keys.FirstOrDefault(k => k.Kid == kid && k.Fits(algorithm));
        var fitting = Keys.Where(k => k.Fits(algorithm)).Take(2).ToList();
        return fitting.Count == 1 ? fitting[0] : null;
    }

    /// <summary>Whether a key of the set has this id.</summary>
    public bool Has(string kid) => Keys.Any(k => k.Kid == kid);

    /// <summary>The set as JSON, with the public members of its keys and nothing else.</summary>
    public string ToJson() =>
        JsonSerializer.Serialize(
            new JwkSetData([
                .. Keys.Select(k => new JwkData(k.Kty)
                {
                    Kid = k.Kid,
                    Alg = k.Alg,
                    Crv = k.Crv,
                    X = k.X,
                    Y = k.Y,
                    N = k.N,
                    E = k.E,
                }),
            ]),
            JwkSetJson.Default.JwkSetData
        );

    private static string? Read(JsonElement list, out JwkSet? set)
    {
        set = null;
        if (list.GetArrayLength() > MaxKeys)
            return $"has more than {MaxKeys} keys";
        var (keys, first) = (new List<PublicJwk>(), (string?)null);
        foreach (var (i, json) in list.EnumerateArray().Index())
        {
            if (!PublicJwk.TryRead(json, out var key, out var fault))
            {
                if (fault.Kind == JwkFaultKind.Secret)
                    return $"must be a JWK Set with public keys; key number {i + 1} has {fault.Text}";
                first ??= $"has in key number {i + 1} {fault.Text}";
            }
            else if (PublicJwk.Verified.Any(key.Fits))
                keys.Add(key);
            else
                first ??= $"has in key number {i + 1} a key for none of {string.Join(", ", PublicJwk.Verified)}";
        }

        set = new(keys);
        return keys.Count > 0 ? null : first ?? "has no key";
    }
}

internal sealed record JwkSetData(IReadOnlyList<JwkData> Keys);

internal sealed record JwkData(string Kty)
{
    public string? Kid { get; init; }
    public string? Alg { get; init; }
    public string? Crv { get; init; }
    public string? X { get; init; }
    public string? Y { get; init; }
    public string? N { get; init; }
    public string? E { get; init; }
}

[JsonSerializable(typeof(JwkSetData))]
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase
)]
internal sealed partial class JwkSetJson : JsonSerializerContext;
