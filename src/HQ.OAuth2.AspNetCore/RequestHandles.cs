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
internal sealed class RequestHandles(IDataProtectionProvider protection)
{
    /// <summary>The parameter that carries a handle.</summary>
    public const string Parameter = "hq_request";

    // A handle travels in a URI inside a URI; a longer one would not pass common servers and proxies.
    private const int MaxLength = 6000;

    private readonly IDataProtector protector = protection.CreateProtector("HQ.OAuth2.AuthorizationRequest.v1");

    /// <summary>The handle of a request, or the error that it is too large.</summary>
    public Outcome<string> Protect(OAuthParameters parameters)
    {
        using var compressed = new MemoryStream();
        using (var deflate = new DeflateStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(Encoding.UTF8.GetBytes(parameters.ToQuery()));
        var handle = WebEncoders.Base64UrlEncode(protector.Protect(compressed.ToArray()));
        return handle.Length <= MaxLength ? handle : OAuthError.RequestTooLarge;
    }

    /// <summary>The request of a handle, or the error that it is none of ours.</summary>
    public Outcome<OAuthParameters> Unprotect(string handle)
    {
        try
        {
            using var deflate = new DeflateStream(
                new MemoryStream(protector.Unprotect(WebEncoders.Base64UrlDecode(handle))),
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
