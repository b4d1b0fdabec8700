using System.Net;
using System.Net.Sockets;

namespace HQ.OAuth2;

/// <summary>
/// Whether an address is public (RFC 6890 and its registries): a URL from an unknown caller may lead to public addresses only
/// (draft-ietf-oauth-client-id-metadata-document §6.5).
/// </summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] specialIPv4 =
    [
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.0.0.0/24"),
        IPNetwork.Parse("192.0.2.0/24"),
        IPNetwork.Parse("192.88.99.0/24"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("198.51.100.0/24"),
        IPNetwork.Parse("203.0.113.0/24"),
        IPNetwork.Parse("224.0.0.0/3"),
        // Azure's metadata address for virtual machines: it is in the public range, but not public.
        IPNetwork.Parse("168.63.129.16/32"),
    ];

    private static readonly IPNetwork globalIPv6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] specialIPv6 =
    [
        IPNetwork.Parse("2001::/23"),
        IPNetwork.Parse("2001:db8::/32"),
        // A 6to4 address contains an IPv4 address that the caller chooses.
        IPNetwork.Parse("2002::/16"),
        IPNetwork.Parse("3fff::/20"),
    ];

    // RFC 6052 §2.1: an IPv6-only network reaches IPv4 by these addresses.
    private static readonly IPNetwork translated = IPNetwork.Parse("64:ff9b::/96");

    public static bool Is(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && translated.Contains(address))
            address = new(address.GetAddressBytes()[12..]);
        return address.AddressFamily switch
        {
            AddressFamily.InterNetwork => !Array.Exists(specialIPv4, n => n.Contains(address)),
            AddressFamily.InterNetworkV6 => globalIPv6.Contains(address) && !Array.Exists(specialIPv6, n => n.Contains(address)),
            _ => false,
        };
    }
}
