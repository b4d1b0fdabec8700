using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace HQ.OAuth2.Fuzz;

/// <summary>
/// Codes and tokens that are no JWT. An input that begins with a plus sign gets the right checksum here, so that what stands behind it is
/// reached.
/// </summary>
internal static partial class TokenTarget
{
    public static bool Token(byte[] input)
    {
        var text = Reference.Text(input);
        if (text.StartsWith('+'))
            text = text[1..] + Checksum(text[1..]);
        var isSealed = text.Length is > 6 and <= 512 && Printable().IsMatch(text[..^6]) && text[^6..] == Checksum(text[..^6]);

        var isRefresh = RefreshToken.TryParse(text, out var refresh);
        Check("a refresh token", isRefresh, isRefresh ? refresh.ToWire() : null, Refresh(), text, isSealed);
        var isCode = AuthorizationCode.TryParse(text, out var code);
        Check("an authorization code", isCode, isCode ? code.ToWire() : null, Code(), text, isSealed);
        var isPersonal = PersonalToken.TryParse(text, out var personal);
        Check("a personal access token", isPersonal, isPersonal ? personal.ToWire() : null, Personal(), text, isSealed);
        var isDevice = DeviceCode.TryParse(text, out var device);
        Check("a device code", isDevice, isDevice ? device.ToWire() : null, Device(), text, isSealed);
        var isRegistration = RegistrationAccessToken.TryParse(text, out var registration);
        Check("a registration access token", isRegistration, isRegistration ? registration.ToWire() : null, Registration(), text, isSealed);

        if (isRefresh)
        {
            Rule.Agrees(refresh.Turn, int.Parse(text.Split('.')[1]), "The turn of a refresh token");
            if (refresh.Turn < int.MaxValue)
            {
                var next = refresh.Next("salt"u8);
                Rule.Holds(
                    RefreshToken.TryParse(next.ToWire(), out var again) && again.Turn == refresh.Turn + 1 && again.Id == refresh.Id,
                    "The next refresh token is one."
                );
            }
        }

        if (isDevice)
            _ = device.IsOlderThan(TimeSpan.FromMinutes(10), Server.Now);

        // A value is of one kind.
        var kinds = new[] { isRefresh, isCode, isPersonal, isDevice, isRegistration }.Count(k => k);
        Rule.Holds(kinds <= 1, "A value is of one kind.");
        if (kinds == 1)
        {
            var changed = Server.Changed(text, text.Length);
            Rule.Holds(
                !RefreshToken.TryParse(changed, out _)
                    && !AuthorizationCode.TryParse(changed, out _)
                    && !PersonalToken.TryParse(changed, out _)
                    && !DeviceCode.TryParse(changed, out _)
                    && !RegistrationAccessToken.TryParse(changed, out _),
                $"A value with a changed character is refused: {changed}."
            );
        }

        return kinds == 1;
    }

    private static void Check(string kind, bool accepted, string? written, Regex grammar, string text, bool isSealed)
    {
        var isGood = isSealed && grammar.Match(text[..^6]) is { Success: true } m && m.Groups["secret"].Captures.All(IsSecret);
        // A turn that no chain reaches is none.
        if (isGood && grammar == Refresh())
            isGood = int.TryParse(text.Split('.')[1], out _);
        Rule.Agrees(accepted, isGood, $"Whether a text is {kind}");
        if (accepted)
            Rule.Agrees(written, text, $"The text of {kind} that was read");
    }

    private static bool IsSecret(Capture capture) => Reference.Base64Url(capture.Value) is { Length: 32 };

    private static string Checksum(string text) => Reference.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(text))[..4]);

    [GeneratedRegex(@"\A[\x21-\x7E]*\z")]
    private static partial Regex Printable();

    [GeneratedRegex(@"\Ahqr_[0-9a-f]{32}\.[1-9][0-9]{0,9}\.(?<secret>[\w\-]{43})(?<secret>[\w\-]{43})\z", RegexOptions.ECMAScript)]
    private static partial Regex Refresh();

    [GeneratedRegex(@"\Ahqa_[0-9a-f]{32}\.(?<secret>[A-Za-z0-9_\-]{43})\z")]
    private static partial Regex Code();

    [GeneratedRegex(@"\Ahqp_[0-9a-f]{32}\.(?<secret>[A-Za-z0-9_\-]{43})\z")]
    private static partial Regex Personal();

    [GeneratedRegex(@"\Ahqd_[0-9a-f]{32}\.[BCDFGHJKLMNPQRSTVWXZ]{8}\.(?<secret>[A-Za-z0-9_\-]{43})\z")]
    private static partial Regex Device();

    [GeneratedRegex(@"\Ahqg_[\x21-\x7E]+\.(?<secret>[A-Za-z0-9_\-]{43})\z")]
    private static partial Regex Registration();
}
