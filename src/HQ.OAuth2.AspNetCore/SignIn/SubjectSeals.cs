using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace HQ.OAuth2;

/// <summary>
/// Binds a form to the subject it was shown to. An antiforgery token identifies a user by <c>sub</c> or <c>NameIdentifier</c>, while our subject
/// is the claim that the host configures: an antiforgery token may be the same for two subjects.
/// </summary>
internal sealed class SubjectSeals(IDataProtectionProvider protection)
{
    /// <summary>The field of a form that carries the seal.</summary>
    public const string Field = "hq_subject";

    private readonly IDataProtector protector = protection.CreateProtector("HQ.OAuth2.Subject.v1");

    // A character that neither an antiforgery token nor a seal contains.
    private const char BeforeSeal = '.';

    /// <summary>An antiforgery token followed by a seal, for a form field or a header that has one value.</summary>
    public string SealToken(string? token, string subject) => $"{token}{BeforeSeal}{Seal(subject)}";

    /// <summary>The antiforgery token without its seal; null when the seal is missing or another subject's.</summary>
    public string? TokenOf(string? sealedToken, string subject) =>
        sealedToken?.LastIndexOf(BeforeSeal) is { } at and >= 0 && IsOf(sealedToken[(at + 1)..], subject) ? sealedToken[..at] : null;

    public string Seal(string subject) => WebEncoders.Base64UrlEncode(protector.Protect(Encoding.UTF8.GetBytes(subject)));

    /// <summary>Whether a seal was made for this subject; false for any other text.</summary>
    public bool IsOf(string? seal, string subject)
    {
        if (seal is null)
            return false;
        try
        {
            return Encoding.UTF8.GetString(protector.Unprotect(WebEncoders.Base64UrlDecode(seal))) == subject;
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return false;
        }
    }
}
