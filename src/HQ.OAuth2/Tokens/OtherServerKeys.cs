using System.Text.Json;

namespace HQ.OAuth2;

/// <summary>
/// The public keys of another server, which are published beside ours (<c>publishedKeys</c>): APIs that verify by our key set then accept the
/// tokens that the other server signed under this issuer. This server itself does not verify by them.
/// </summary>
internal sealed class OtherServerKeys(ServerSettings settings)
{
    private const int MaxKeys = 20;

    /// <summary>The keys; empty when there are none.</summary>
    public IReadOnlyList<PublishedKey> All { get; } =
        TryRead(settings.Options.PublishedKeys, out var keys, out var problem) ? keys : throw new InvalidOperationException(problem);

    /// <summary>The error of a key set document and what to write instead; null when every key can be published. No part of a key is repeated.</summary>
    public static string? Problem(string? document) => TryRead(document, out _, out var problem) ? null : problem;

    private static bool TryRead(string? document, out IReadOnlyList<PublishedKey> keys, out string? problem)
    {
        (keys, problem) = ([], null);
        if (string.IsNullOrEmpty(document))
            return true;
        try
        {
            using var json = JsonDocument.Parse(document);
            if (
                json.RootElement.ValueKind != JsonValueKind.Object
                || !json.RootElement.TryGetProperty("keys", out var list)
                || list.ValueKind != JsonValueKind.Array
            )
                problem = "has no list keys: write a JWK set, {\"keys\":[...]}, as the jwks_uri of the other server answers";
            else
                problem = Read(list, out keys);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with a lone surrogate is no text.
            problem = "is no JSON: write a JWK set, {\"keys\":[...]}, as the jwks_uri of the other server answers";
        }

        return problem is null;
    }

    private static string? Read(JsonElement list, out IReadOnlyList<PublishedKey> keys)
    {
        var read = new List<PublishedKey>();
        keys = read;
        if (list.GetArrayLength() > MaxKeys)
            return $"has more than {MaxKeys} keys: keep those of tokens that are still valid";
        foreach (var (i, json) in list.EnumerateArray().Index())
        {
            if (!PublicJwk.TryRead(json, out var key, out var fault))
                return $"has in its key {Name(json, i)} {fault.Text}: {Advice(fault.Kind)}";
            if (string.IsNullOrEmpty(key.Kid))
                return $"has in its key number {i + 1} no kid: add the one that the header of the tokens names";
            if (key.Alg is null)
                return $"has in its key '{OAuthError.Clean(key.Kid)}' no alg: add the one that the header of the tokens names";
            if (read.Exists(k => k.Kid == key.Kid))
                return $"has two keys '{OAuthError.Clean(key.Kid)}': keep one";
            read.Add(
                new(key.Kty, "sig", key.Alg, key.Kid)
                {
                    Crv = key.Crv,
                    X = key.X,
                    Y = key.Y,
                    N = key.N,
                    E = key.E,
                }
            );
        }

        return null;
    }

    private static string Name(JsonElement key, int index) =>
        key.ValueKind == JsonValueKind.Object && key.TryGetProperty("kid", out var kid) && kid.ValueKind == JsonValueKind.String
            ? $"'{OAuthError.Clean(kid.GetString()!)}'"
            : $"number {index + 1}";

    private static string Advice(JwkFaultKind kind) =>
        kind switch
        {
            JwkFaultKind.Secret => "replace that key, since it was written down, and paste the public one",
            JwkFaultKind.NotForSignatures => "remove that key",
            JwkFaultKind.Size => "wait until the tokens of that key have ended",
            _ => "paste the key as the other server publishes it",
        };
}
