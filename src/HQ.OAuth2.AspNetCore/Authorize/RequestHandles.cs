using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace HQ.OAuth2;

/// <summary>
/// An authorization request as one opaque value that passes through sign-in and the consent form: compressed, then protected. Nothing is stored,
/// and the request that comes back is the one that was sent.
/// </summary>
internal sealed class RequestHandles(IDataProtectionProvider protection, TimeProvider time)
{
    /// <summary>The parameter that carries a handle.</summary>
    public const string Parameter = "hq_request";

    // A handle without a code is part of a URI inside a URI; a longer one would exceed the limits of common servers and proxies.
    private const int MaxLength = 6000;

    private const int SecretLength = 32;

    // The time it was made, the time the user was asked to sign in (0 = not), and what follows: a code, a pushed request.
    private const int HeaderLength = sizeof(long) + sizeof(long) + 1;
    private const byte HasCode = 1;
    private const byte IsPushed = 2;

    // The id of a pushed request is a hash.
    private const int PushedIdLength = 32;

    /// <summary>How long a handle is valid; the record of an answered form is kept as long.</summary>
    public static readonly TimeSpan Life = FormAnswers.FormLife;

    private readonly IDataProtector protector = protection.CreateProtector("HQ.OAuth2.AuthorizationRequest.v3");

    /// <summary>
    /// The handle of a visit, or an error when it is too large for an address. A form, whose handle has a code, has no such limit.
    /// </summary>
    public Outcome<string> Protect(VisitedRequest visit)
    {
        using var content = new MemoryStream();
        content.Write(BitConverter.GetBytes(time.GetUtcNow().ToUnixTimeSeconds()));
        content.Write(BitConverter.GetBytes(visit.SignInAskedAt?.ToUnixTimeSeconds() ?? 0));
        content.WriteByte((byte)((visit.Code is null ? 0 : HasCode) | (visit.Pushed is null ? 0 : IsPushed)));
        if (visit.Code is { } code)
        {
            content.Write(Convert.FromHexString(code.Id));
            content.Write(code.Secret);
        }

        if (visit.Pushed is { } pushed)
        {
            content.Write(Convert.FromHexString(pushed.Id));
            content.Write(BitConverter.GetBytes(pushed.EndsAt.ToUnixTimeSeconds()));
        }

        using (var deflate = new DeflateStream(content, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(Encoding.UTF8.GetBytes(visit.Parameters.ToQuery()));
        var handle = WebEncoders.Base64UrlEncode(protector.Protect(content.ToArray()));
        return visit.Code is not null || handle.Length <= MaxLength ? handle : OAuthError.RequestTooLarge;
    }

    /// <summary>The request of the parameters, or the request inside the handle that they carry.</summary>
    public Outcome<VisitedRequest> Open(OAuthParameters sent) =>
        sent[Parameter] is { } handle ? Unprotect(handle) : new VisitedRequest(sent);

    /// <summary>The visit of a handle, or an error when this server did not make it, or it is too old.</summary>
    private Outcome<VisitedRequest> Unprotect(string handle)
    {
        try
        {
            var content = protector.Unprotect(WebEncoders.Base64UrlDecode(handle));
            if (time.GetUtcNow() >= DateTimeOffset.FromUnixTimeSeconds(BitConverter.ToInt64(content)) + Life)
                return OAuthError.RequestHandleInvalid.Because($"the handle is older than {Life}");
            var askedAt = BitConverter.ToInt64(content, sizeof(long));
            var (start, code) = (HeaderLength, (AuthorizationCode?)null);
            if ((content[HeaderLength - 1] & HasCode) != 0)
            {
                var idEnd = start + AuthorizationCode.IdLength / 2;
                code = new(Convert.ToHexStringLower(content[start..idEnd]), content[idEnd..(idEnd + SecretLength)]);
                start = idEnd + SecretLength;
            }

            PushedRequest? pushed = null;
            if ((content[HeaderLength - 1] & IsPushed) != 0)
            {
                var endsAt = DateTimeOffset.FromUnixTimeSeconds(BitConverter.ToInt64(content, start + PushedIdLength));
                pushed = new(Convert.ToHexStringLower(content.AsSpan(start, PushedIdLength)), endsAt);
                start += PushedIdLength + sizeof(long);
                // Each page has a new handle; the request ends all the same.
                if (time.GetUtcNow() >= endsAt)
                    return OAuthError.RequestHandleInvalid.Because("the pushed request is too old");
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
                    Pushed = pushed,
                };
        }
        catch (Exception e) when (e is CryptographicException or FormatException or InvalidDataException)
        {
            return OAuthError.RequestHandleInvalid;
        }
    }
}
