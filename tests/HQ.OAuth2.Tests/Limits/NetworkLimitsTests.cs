namespace HQ.OAuth2;

internal sealed class NetworkLimitsTests
{
    [TestCase("192.0.2.1", 5, "two networks contain it, and the smaller one counts")]
    [TestCase("192.0.2.200", 30, "only the larger network contains it")]
    [TestCase("198.51.100.1", 120, "no network contains it")]
    [TestCase("20010db800010002", 7, "an IPv6 address is its network of 64 bits as hex")]
    [TestCase("20010DB800010002", 7, "hex has two cases")]
    [TestCase("20010db800020002", 120, "no network contains it")]
    [TestCase("2001:db8:1:2::10", 7, "an IPv6 address may have as many characters as that hex")]
    [TestCase("2001:db8:1::", 7, "or fewer")]
    [TestCase("no-address-at-al", 120, "it is no address")]
    [TestCase("abcd", 120, "it is no address")]
    [TestCase("", 120, "it is not known")]
    [TestCase(null, 120, "it is not known")]
    public void The_smallest_network_that_contains_the_address_says_the_limit_else_that_for_all_counts(
        string? address,
        int perMinute,
        string because
    )
    {
        var options = new LimitOptions { RegistrationsPerMinute = 120 };
        options.Networks.Add(new() { Network = "192.0.0.0/16", RegistrationsPerMinute = 30 });
        options.Networks.Add(new() { Network = "192.0.2.0/25", RegistrationsPerMinute = 5 });
        options.Networks.Add(new() { Network = "192.0.0.0/8", RegistrationsPerMinute = 40 });
        options.Networks.Add(new() { Network = "2001:db8:1::/48", RegistrationsPerMinute = 7 });

        new NetworkLimits(options).RegistrationsPerMinute(address).Should().Be(perMinute, because);
    }

    [TestCase("192.0.2.1/32", true)]
    [TestCase("0.0.0.0/0", true)]
    [TestCase("2001:db8:1:2::/64", true)]
    [TestCase("2001:db8::/32", true)]
    [TestCase("2001:db8:1:2::/65", false)]
    [TestCase("2001:db8:1:2::1/128", false)]
    [TestCase("192.0.2.1", false)]
    [TestCase("example.com", false)]
    public void A_network_of_IPv6_has_64_bits_at_most_because_one_owner_has_the_rest(string network, bool canBe)
    {
        NetworkLimits.CanBe(network).Should().Be(canBe);
    }
}
