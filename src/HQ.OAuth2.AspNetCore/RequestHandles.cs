using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace HQ.OAuth2;

/// <summary>
/// An authorization request as one opaque value, to travel through sign-in and the consent form: compressed, then protected. Nothing is
/// stored, and what comes back is what was sent.
/// </summary>
internal sealed class RequestHandles(IDataProtectionProvider protection, TimeProvider time)
{
    /// <summary>The parameter that carries a handle.</summary>
    public const string Parameter = "hq_request";

    // A handle travels in a URI inside a URI; a longer one would not pass common servers and proxies.
    private const int MaxLength = 6000;

    // Nobody takes longer to sign in and decide.
    private static readonly TimeSpan life = TimeSpan.FromDays(1);

    private readonly IDataProtector protector = protection.CreateProtector("HQ.OAuth2.AuthorizationRequest.v2");

    /// <summary>The handle of a request, or the error that it is too large.</summary>
    public Outcome<string> Protect(OAuthParameters parameters)
    {
        using var compressed = new MemoryStream();
        compressed.Write(BitConverter.GetBytes(time.GetUtcNow().ToUnixTimeSeconds()));
        using (var deflate = new DeflateStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(Encoding.UTF8.GetBytes(parameters.ToQuery()));
        var handle = WebEncoders.Base64UrlEncode(protector.Protect(compressed.ToArray()));
        return handle.Length <= MaxLength ? handle : OAuthError.RequestTooLarge;
    }

    /// <summary>The request of a handle, or the error that it is none of ours, or too old.</summary>
    public Outcome<OAuthParameters> Unprotect(string handle)
    {
        try
        {
            var content = protector.Unprotect(WebEncoders.Base64UrlDecode(handle));
            if (time.GetUtcNow() >= DateTimeOffset.FromUnixTimeSeconds(BitConverter.ToInt64(content)) + life)
                return OAuthError.RequestHandleInvalid.Because($"the handle is older than {life}");
            using var deflate = new DeflateStream(
                new MemoryStream(content, sizeof(long), content.Length - sizeof(long)),
                CompressionMode.Decompress
            );
            using var query = new MemoryStream();
            deflate.CopyTo(query);
            return OAuthParameters.Parse(query.ToArray());
        }
        catch (Exception e) when (e is CryptographicException or FormatException or InvalidDataException)
        {
            return OAuthError.RequestHandleInvalid;
        }
    }
}
