using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace HQ.OAuth2;

/// <summary>
/// What a page says after the redirect that follows a form. It travels in the address, protected and for one subject, so that a link from
/// elsewhere cannot make a page say anything.
/// </summary>
internal sealed class PageNotes(IDataProtectionProvider protection, TimeProvider time)
{
    /// <summary>The parameter of the address.</summary>
    public const string Parameter = "note";

    private static readonly TimeSpan lifetime = TimeSpan.FromMinutes(5);

    private readonly IDataProtector protector = protection.CreateProtector("HQ.OAuth2.PageNote.v1");

    /// <summary>A note as a value of the parameter.</summary>
    public string Protect(PageNote note, string subject)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return WebEncoders.Base64UrlEncode(protector.Protect(Encoding.UTF8.GetBytes($"{now}\n{note.Text}\n{note.Name}\n{subject}")));
    }

    /// <summary>The note in a value of the parameter; null when it is damaged, old or another subject's.</summary>
    public PageNote? Read(string? sent, string subject)
    {
        if (string.IsNullOrEmpty(sent))
            return null;
        try
        {
            var parts = Encoding.UTF8.GetString(protector.Unprotect(WebEncoders.Base64UrlDecode(sent))).Split('\n', 4);
            var age = time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[0], CultureInfo.InvariantCulture));
            return parts[3] == subject && age < lifetime ? new(parts[1], parts[2]) : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }
}

/// <summary>A text of a page with the name that it is about.</summary>
/// <param name="Text">Which text.</param>
/// <param name="Name">The app's name as it is shown, without line ends; empty when the text has none.</param>
internal sealed record PageNote(string Text, string Name = "");
