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

    // A handle without a code travels in a URI inside a URI; a longer one would not pass common servers and proxies.
    private const int MaxLength = 6000;

    private const int SecretLength = 32;

    // Made at, asked to sign in at (0 = not), and whether a code follows.
    private const int HeaderLength = sizeof(long) + sizeof(long) + 1;

    /// <summary>How long a handle counts; the note of an answered form is kept as long.</summary>
    public static readonly TimeSpan Life = FormAnswers.FormLife;

    private readonly IDataProtector protector = protection.CreateProtector("HQ.OAuth2.AuthorizationRequest.v3");

    /// <summary>The handle of a visit; the error that it is too large for an address. In a form, where it has a code, there is room.</summary>
    public Outcome<string> Protect(VisitedRequest visit)
    {
        using var content = new MemoryStream();
        content.Write(BitConverter.GetBytes(time.GetUtcNow().ToUnixTimeSeconds()));
        content.Write(BitConverter.GetBytes(visit.SignInAskedAt?.ToUnixTimeSeconds() ?? 0));
        content.WriteByte(visit.Code is null ? (byte)0 : (byte)1);
        if (visit.Code is { } code)
        {
            content.Write(Convert.FromHexString(code.Id));
            content.Write(code.Secret);
        }

        using (var deflate = new DeflateStream(content, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(Encoding.UTF8.GetBytes(visit.Parameters.ToQuery()));
        var handle = WebEncoders.Base64UrlEncode(protector.Protect(content.ToArray()));
        return visit.Code is not null || handle.Length <= MaxLength ? handle : OAuthError.RequestTooLarge;
    }

    /// <summary>A request as it came, or what is inside the handle that it carries.</summary>
    public Outcome<VisitedRequest> Open(OAuthParameters sent) =>
        sent[Parameter] is { } handle ? Unprotect(handle) : new VisitedRequest(sent);

    /// <summary>The visit of a handle, or the error that it is none of ours, or too old.</summary>
    private Outcome<VisitedRequest> Unprotect(string handle)
    {
        try
        {
            var content = protector.Unprotect(WebEncoders.Base64UrlDecode(handle));
            if (time.GetUtcNow() >= DateTimeOffset.FromUnixTimeSeconds(BitConverter.ToInt64(content)) + Life)
                return OAuthError.RequestHandleInvalid.Because($"the handle is older than {Life}");
            var askedAt = BitConverter.ToInt64(content, sizeof(long));
            var (start, code) = (HeaderLength, (AuthorizationCode?)null);
            if (content[HeaderLength - 1] == 1)
            {
                var idEnd = start + AuthorizationCode.IdLength / 2;
                code = new(Convert.ToHexStringLower(content[start..idEnd]), content[idEnd..(idEnd + SecretLength)]);
                start = idEnd + SecretLength;
            }

            using var deflate = new DeflateStream(new MemoryStream(content, start, content.Length - start), CompressionMode.Decompress);
            using var query = new MemoryStream();
            deflate.CopyTo(query);
            return OAuthParameters.Parse(query.ToArray()).Failed(out var error, out var parameters)
                ? error
                : new VisitedRequest(parameters)
                {
                    SignInAskedAt = askedAt == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(askedAt),
                    Code = code,
                };
        }
        catch (Exception e) when (e is CryptographicException or FormatException or InvalidDataException)
        {
            return OAuthError.RequestHandleInvalid;
        }
    }
}
