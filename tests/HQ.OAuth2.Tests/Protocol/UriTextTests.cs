namespace HQ.OAuth2;

internal sealed class UriTextTests
{
    [Test]
    public void A_plain_text_has_the_characters_of_RFC_3986_and_nothing_else()
    {
        const string allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%";
        for (var c = '\0'; c < 256; c++)
            UriText.IsPlain(c.ToString()).Should().Be(allowed.Contains(c, StringComparison.Ordinal), "of {0}", (int)c);
        UriText.IsPlain("").Should().BeFalse();
        UriText.IsPlain(new string('a', 2048)).Should().BeTrue();
        UriText.IsPlain(new string('a', 2049)).Should().BeFalse();
    }

    [TestCase("https://c.example/cb", "c.example/cb")]
    [TestCase("com.example.app:/cb", "com.example.app:/cb")]
    [TestCase("://x", "x")]
    public void People_read_a_URI_without_its_scheme(string uri, string shown) => UriText.WithoutScheme(uri).Should().Be(shown);

    [TestCase("https://c.example/", true)]
    [TestCase("https://c.example/#x", false)]
    [TestCase("https://c.example/*", false)]
    [TestCase("#https://c.example/", false)]
    [TestCase("http://c.example/", false)]
    [TestCase("https://c.example/é", false)]
    [TestCase("https://u@c.example/", false)]
    public void A_plain_https_URL_has_a_host_and_no_fragment(string uri, bool expected) =>
        UriText.IsPlainHttpsUrl(uri).Should().Be(expected);

    [TestCase("http://localhost:8080/cb?x", "localhost", "/cb?x")]
    [TestCase("http://[::1]", "[::1]", "")]
    [TestCase("http://[::1]:9/", "[::1]", "/")]
    [TestCase("http://localhost:65535", "localhost", "")]
    [TestCase("http://localhost:1", "localhost", "")]
    [TestCase("http://localhost:19", "localhost", "")]
    [TestCase("http://localhost:0", null, null)]
    [TestCase("http://localhost:90000", null, null)]
    [TestCase("http://localhost:65536", null, null)]
    [TestCase("http://localhost:1x", null, null)]
    [TestCase("http://localhost:123456", null, null)]
    [TestCase("http://:80/cb", null, null)]
    [TestCase("https://localhost/", null, null)]
    public void A_loopback_URI_is_divided_without_its_port(string uri, string? host, string? rest)
    {
        UriText.TrySplitLoopback(uri, out var foundHost, out var foundRest).Should().Be(host is not null);
        if (host is not null)
            (foundHost, foundRest).Should().Be((host, rest!));
    }

    [Test]
    public void Nothing_of_a_URI_of_another_scheme_is_taken_for_a_loopback_host()
    {
        UriText.TrySplitLoopback("https://localhost/cb", out var host, out var rest).Should().BeFalse();
        (host, rest).Should().Be(("", ""));
    }

    [TestCase("https://c.example", true)]
    [TestCase("https://[2001:db8::1]:99", true)]
    [TestCase("https://192.0.2.1", true)]
    [TestCase("https://192.0.2.01", false)]
    [TestCase("https://c.0x1g", true)]
    [TestCase("https://c.0x1f", false)]
    [TestCase("https://0x", false)]
    [TestCase("https://c_d.example", false)]
    [TestCase("https://c%41.example", false)]
    [TestCase("https://c:d:1", false)]
    [TestCase("https://", false)]
    [TestCase("http://c.example", false)]
    public void An_https_URI_has_a_plain_authority(string uri, bool expected) => UriText.HasPlainAuthority(uri).Should().Be(expected);
}
