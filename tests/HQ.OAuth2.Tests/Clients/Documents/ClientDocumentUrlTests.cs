using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class ClientDocumentUrlTests
{
    [TestCase("https://app.example.com/client.json")]
    [TestCase("https://app.example.com/")]
    [TestCase("https://app.example.com:8443/a/b.c/client")]
    [TestCase("https://app.example.com/%C3%A9")]
    [Rfc("CIMD-3-1"), Rfc("CIMD-3-2")]
    public void An_https_URL_with_a_path_is_accepted(string url) => Problem(url).Should().BeNull();

    [TestCase("http://app.example.com/client.json")]
    [TestCase("HTTPS://app.example.com/client.json")]
    [TestCase("https://app.example.com")]
    [TestCase("https://app.example.com?x")]
    [TestCase("https:///client.json")]
    [TestCase("https://")]
    [TestCase("https://app.example.com/a#x")]
    [TestCase("https://app.example.com/a#")]
    [TestCase("https://u:p@app.example.com/a")]
    [TestCase("https://u@app.example.com/a")]
    [TestCase("https://@app.example.com/a")]
    [TestCase("https://app.example.com/a b")]
    [TestCase("https://app.example.com/a\\b")]
    [TestCase("https://app.example.com:/a")]
    [TestCase("https://app.example.com:0/a")]
    [TestCase("https://app.example.com:443/a")]
    [TestCase("https://App.example.com/a")]
    [TestCase("https://2130706433/a")]
    [TestCase("https://0x7f.1/a")]
    [TestCase("https://127.1/a")]
    [TestCase("https://app.example.com/%7Ea")]
    [TestCase("https://bücher.example/a")]
    [TestCase("https://app.example.com./a")]
    [TestCase("https://app.example.com.:8443/a")]
    [Rfc("CIMD-3-1")]
    public void Anything_else_is_refused(string url) => Problem(url).Should().NotBeNull();

    [TestCase("http://app.example.com/a", "it is no plain https URL: host, path, no user name, no fragment")]
    [TestCase("https://app.example.com/a#x", "it is no plain https URL: host, path, no user name, no fragment")]
    [TestCase("https://app.example.com/a?b", "it has a query")]
    [TestCase("https://app.example.com", "it has no path")]
    [TestCase("https://app.example.com/a/../b", "it has a dot segment")]
    [TestCase("https://App.example.com/a", "it is not in its normal form")]
    [TestCase("https://app.example.com./a", "its host ends with a dot")]
    [TestCase("https://denied.example.com/a", "documents:deniedHosts has its host")]
    [TestCase("https://other.example.com/a", "documents:allowedHosts lacks its host")]
    public void A_refusal_says_what_is_wrong_and_names_the_list_that_decides(string url, string problem) =>
        Problem(
                url,
                o =>
                {
                    AddAll(o.AllowedHosts, "app.example.com");
                    AddAll(o.DeniedHosts, "denied.example.com");
                }
            )
            .Should()
            .Be(problem);

    [TestCase("https://app.example.com/a/../b")]
    [TestCase("https://app.example.com/a/./b")]
    [TestCase("https://app.example.com/a/..")]
    [TestCase("https://app.example.com/a/%2e%2e/b")]
    [TestCase("https://app.example.com/a/%2E./b")]
    [TestCase("https://app.example.com/a/%2e/b")]
    [Rfc("CIMD-3-1")]
    public void A_dot_segment_is_refused_however_it_is_written(string url) => Problem(url).Should().Contain("dot segment");

    [Test, Rfc("CIMD-3-2")]
    public void A_query_is_refused() => Problem("https://app.example.com/client?v=1").Should().Contain("query");

    [TestCase("https://app.example.com/a", true)]
    [TestCase("https://app.example.com:8443/a", true)]
    [TestCase("https://deep.er.example.org/a", true)]
    [TestCase("https://example.org/a", false)]
    [TestCase("https://evilexample.org/a", false)]
    [TestCase("https://evil-app.example.com/a", false)]
    [TestCase("https://xpp.example.com/a", false)]
    [TestCase("https://app.example.com.evil.example/a", false)]
    [Rfc("CIMD-6.8-1")]
    public void An_allow_list_lets_in_what_it_names(string url, bool allowed) =>
        (Problem(url, o => AddAll(o.AllowedHosts, "app.example.com", "*.example.org")) is null).Should().Be(allowed);

    [TestCase("https://app.example.com/a", false)]
    [TestCase("https://app.example.com./a", false)]
    [TestCase("https://sub.example.org/a", false)]
    [TestCase("https://example.org/a", true)]
    [TestCase("https://other.example/a", true)]
    [Rfc("CIMD-6.8-1")]
    public void A_deny_list_keeps_out_what_it_names(string url, bool allowed) =>
        (Problem(url, o => AddAll(o.DeniedHosts, "app.example.com", "*.example.org")) is null).Should().Be(allowed);

    [Test]
    public void A_denied_host_is_refused_even_if_it_is_also_allowed() =>
        Problem(
                "https://bad.example.com/a",
                o =>
                {
                    AddAll(o.AllowedHosts, "*.example.com");
                    AddAll(o.DeniedHosts, "bad.example.com");
                }
            )
            .Should()
            .Contain("deniedHosts");

    [TestCase("app.example.com", true)]
    [TestCase("*.example.com", true)]
    [TestCase("localhost", true)]
    [TestCase("https://app.example.com", false)]
    [TestCase("app.example.com/x", false)]
    [TestCase("App.example.com", false)]
    [TestCase("*", false)]
    [TestCase("*.*.example.com", false)]
    [TestCase("", false)]
    public void A_list_has_names_of_hosts(string text, bool fits) => ClientDocumentUrl.IsHostPattern(text).Should().Be(fits);

    private static string? Problem(string url, Action<ClientDocumentOptions>? configure = null)
    {
        var policy = new ClientDocumentOptions();
        configure?.Invoke(policy);
        return ClientDocumentUrl.Problem(url, policy);
    }

    private static void AddAll(IList<string> list, params string[] hosts)
    {
        foreach (var host in hosts)
            list.Add(host);
    }
}
