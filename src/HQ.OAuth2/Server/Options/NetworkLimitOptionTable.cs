namespace HQ.OAuth2;

internal static class NetworkLimitOptionTable
{
    public static readonly OptionTable<NetworkLimitOptions> Rows = new OptionTable<NetworkLimitOptions>()
        .Text(
            "network",
            o => o.Network,
            (o, v) => o.Network = v,
            OptionRules.Text(
                NetworkLimits.CanBe,
                "is no network: write an address and its bits, like 203.0.113.0/24 or 2001:db8::/32 (64 bits at most for IPv6)"
            )
        )
        .Number("registrationsPerMinute", o => o.RegistrationsPerMinute, (o, v) => o.RegistrationsPerMinute = v, OptionRules.LimitOrNone);
}
