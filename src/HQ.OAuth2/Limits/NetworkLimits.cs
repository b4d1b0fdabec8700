using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace HQ.OAuth2;

/// <summary>
/// How many registrations an address may make: the limit of the smallest listed network that contains it, else the limit for all.
/// </summary>
internal sealed class NetworkLimits(LimitOptions options)
{
    // An IPv6 address counts as the network of 64 bits that its owner has, written as hex.
    private const int NetworkBits = 64;
    private const int NetworkText = NetworkBits / 4;

    private readonly (IPNetwork Network, int PerMinute)[] networks =
    [
        .. options
            .Networks.Select(n => (Network: IPNetwork.Parse(n.Network), n.RegistrationsPerMinute))
            .OrderByDescending(n => n.Network.PrefixLength),
    ];

    /// <summary>A network in CIDR notation that limits can be given for.</summary>
    public static bool CanBe(string text) =>
        IPNetwork.TryParse(text, out var network)
        && (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork || network.PrefixLength <= NetworkBits);

    /// <summary>0 = no limit.</summary>
    /// <param name="address">As <see cref="OAuthRequest.RemoteAddress"/> has it.</param>
    public int RegistrationsPerMinute(string? address)
    {
        if (networks.Length > 0 && TryParse(address, out var ip))
        {
            foreach (var (network, perMinute) in networks)
            {
                if (network.Contains(ip))
                    return perMinute;
            }
        }

        return options.RegistrationsPerMinute;
    }

    private static bool TryParse(string? text, [NotNullWhen(true)] out IPAddress? address)
    {
        if (text is not { Length: NetworkText } || !text.All(char.IsAsciiHexDigit))
            return IPAddress.TryParse(text, out address);
        address = new([.. Convert.FromHexString(text), .. new byte[8]]);
        return true;
    }
}
