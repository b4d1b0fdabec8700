namespace HQ.OAuth2;

/// <summary>The limits of a network; zero = none.</summary>
public sealed class NetworkLimitOptions
{
    /// <summary>The network in CIDR notation: <c>203.0.113.0/24</c>, <c>2001:db8::/32</c> (64 bits at most, as IPv6 addresses count).</summary>
    public string Network { get; set; } = "";

    /// <summary>Registrations per minute from each of its addresses. Default 1000.</summary>
    public int RegistrationsPerMinute { get; set; } = 1000;
}
