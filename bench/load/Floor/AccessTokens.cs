using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace HQ.OAuth2.Load.Floor;

/// <summary>Strings that cost what an access token costs: one ES256 signature over about 300 bytes.</summary>
internal static class AccessTokens
{
    private static readonly ECParameters Parameters = NewKey();

    // A key of its own for each thread: one is not to be used by two at once.
    private static readonly ThreadLocal<ECDsa> Key = new(() => ECDsa.Create(Parameters));

    public static string Create(string id)
    {
        var claims = $"{id}.{new string('c', 260)}";
        var signature = Key.Value!.SignData(Encoding.ASCII.GetBytes(claims), HashAlgorithmName.SHA256);
        return $"{claims}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>The row that a token belongs to, after the hash by which a server would compare it.</summary>
    public static string IdOf(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes(token), hash);
        return token.Split('.', 2)[0];
    }

    private static ECParameters NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportParameters(includePrivateParameters: true);
    }
}
