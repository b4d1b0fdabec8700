using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class RedirectUrisTests
{
    private static readonly string[] listed = ["cursor", "vscode"];

    [TestCase("https://c.example/cb", ClientType.Public)]
    [TestCase("https://c.example/cb", ClientType.Confidential)]
    [TestCase("https://c.example", ClientType.Confidential)]
    [TestCase("https://c.example:8443/cb?x=1&y=%20", ClientType.Confidential)]
    [TestCase("https://[2001:db8::1]:8443/cb", ClientType.Confidential)]
    [TestCase("https://xn--mnchen-3ya.example/cb", ClientType.Public)]
    [TestCase("https://c.example/a@b:c/~d", ClientType.Public)]
    [TestCase("https://c.example/?codes=1&xstate=2", ClientType.Public)]
    [TestCase("http://127.0.0.1/cb", ClientType.Public)]
    [TestCase("http://127.0.0.1:3000/cb", ClientType.Confidential)]
    [TestCase("http://[::1]:61023/cb", ClientType.Public)]
    [TestCase("http://localhost/callback", ClientType.Public)]
    [TestCase("http://localhost:65535", ClientType.Public)]
    [TestCase("http://app.localhost:3000/cb", ClientType.Public)]
    [TestCase("http://a-1.b.localhost", ClientType.Confidential)]
    [TestCase("com.example.app:/oauth2redirect/p", ClientType.Public)]
    [TestCase("com.example.app:/cb&code=1&state=2", ClientType.Public)]
    [TestCase("https://c.example:9999/cb", ClientType.Public)]
    [TestCase("https://c.example:19/cb", ClientType.Public)]
    [TestCase("com.example.app://host/cb?x=1", ClientType.Public)]
    [TestCase("cursor://anysphere.cursor-mcp/oauth/callback", ClientType.Public)]
    [Rfc("8252-8.3-1")]
    public void A_redirect_uri_of_each_kind_may_be_registered(string uri, ClientType type)
    {
        RedirectUris.Problem(uri, type, listed).Should().BeNull();
    }

    [TestCase("")]
    [TestCase("cb")]
    [TestCase("/cb")]
    [TestCase("//c.example/cb")]
    [TestCase("://c.example")]
    [TestCase(" https://c.example/cb")]
    [TestCase("https://c.example/cb ")]
    [TestCase("https://c.example/c b")]
    [TestCase("https://c.example/\tcb")]
    [TestCase("https://c.example/cb\r\nSet-Cookie: a=b")]
    [TestCase("https://c.example/é")]
    [TestCase("https://clіent.example/cb")]
    [TestCase("https://client。example/cb")]
    [TestCase("https://c.example\\@evil.example/cb")]
    [TestCase("HTTPS://c.example/cb")]
    [TestCase("Https://c.example/cb")]
    [TestCase("1a.b:/cb")]
    [TestCase("c_d.e:/cb")]
    [Rfc("6749-3.1.2-1")]
    public void What_is_no_absolute_uri_in_plain_ascii_is_refused(string uri) => ShouldBeRefused(uri);

    [TestCase("https://c.example/cb#x")]
    [TestCase("https://c.example/cb#")]
    [TestCase("com.example.app:/cb#")]
    [TestCase("http://127.0.0.1/cb#x")]
    [Rfc("6749-3.1.2-2")]
    public void A_fragment_is_refused(string uri) => ShouldBeRefused(uri);

    [TestCase("https://*.c.example/cb")]
    [TestCase("https://c.example/*")]
    [TestCase("https://*/cb")]
    [TestCase("http://127.0.0.1:*/cb")]
    [Rfc("6749-3.1.2.2-3")]
    public void A_pattern_is_refused(string uri) => ShouldBeRefused(uri);

    [TestCase("https://c.example/cb?state=a")]
    [TestCase("https://c.example/cb?x=1&code=2")]
    [TestCase("https://c.example/cb?iss")]
    [TestCase("https://c.example/cb?error=1")]
    [TestCase("https://c.example/cb?error_description=1")]
    [TestCase("https://c.example/cb?error_uri=1")]
    [TestCase("https://c.example/cb?%63ode=1")]
    [TestCase("com.example.app:/cb?st%61te=1")]
    [Rfc("6749-3.1-8")]
    public void A_query_that_the_response_would_repeat_is_refused(string uri) => ShouldBeRefused(uri);

    [TestCase("https:/c.example/cb")]
    [TestCase("https:c.example")]
    [TestCase("https:///cb")]
    [TestCase("https://?x")]
    [TestCase("https://user@c.example/cb")]
    [TestCase("https://user:pw@c.example/cb")]
    [TestCase("https://c.example@@evil.example/cb")]
    [TestCase("https://c.example:/cb")]
    [TestCase("https://c.example:0/cb")]
    [TestCase("https://c.example:65536/cb")]
    [TestCase("https://c.example:443a/cb")]
    [TestCase("https://c.example:080/cb")]
    [TestCase("https://c%2eexample/cb")]
    [TestCase("https://c.example,evil.example/cb")]
    [TestCase("https://[::1/cb")]
    [TestCase("https://:::1/cb")]
    [TestCase("https://2001:db8::1:443/cb")]
    [TestCase("https://[::1]x/cb")]
    [TestCase("https://2130706433/cb")]
    [TestCase("https://0x7f.1/cb")]
    [TestCase("https://0X7F000001/cb")]
    [TestCase("https://127.1/cb")]
    [TestCase("https://127.0.0.01/cb")]
    [TestCase("https://1.1.1.1.1/cb")]
    [TestCase("https://c.example.7/cb")]
    [TestCase("https://127.0.0.1./cb")]
    [TestCase("https://c_d.example/cb")]
    [TestCase("https://:443/cb")]
    public void An_https_uri_needs_a_plain_host(string uri) => ShouldBeRefused(uri);

    [TestCase("http://c.example/cb")]
    [TestCase("http://10.0.0.5/cb")]
    [TestCase("http://localhost.evil.example/cb")]
    [TestCase("http://evil.example/.localhost")]
    [TestCase("http://evil.example?.localhost")]
    [TestCase("http://evil.example:80.localhost/cb")]
    [TestCase("http://a@x.localhost/cb")]
    [TestCase("http://x.localhost@evil.example/cb")]
    [TestCase("http://x.localhost./cb")]
    [TestCase("http://x.localhost:/cb")]
    [TestCase("http://x.localhost:0/cb")]
    [TestCase("http://.localhost/cb")]
    [TestCase("http://x..localhost/cb")]
    [TestCase("http://-x.localhost/cb")]
    [TestCase("http://x-.localhost/cb")]
    [TestCase("http://x_y.localhost/cb")]
    [TestCase("http://X.localhost/cb")]
    [TestCase("http://xlocalhost/cb")]
    [TestCase("http://evil.example%2f.localhost/cb")]
    [TestCase("http://evil.example\\.localhost/cb")]
    [TestCase("http://[::1].localhost/cb")]
    [TestCase("http://127.0.0.1.evil.example/cb")]
    [TestCase("http://127.0.0.1@evil.example/cb")]
    [TestCase("http://localhost:80@evil.example/cb")]
    [TestCase("http://user@127.0.0.1/cb")]
    [TestCase("http://127.1/cb")]
    [TestCase("http://127.0.0.2/cb")]
    [TestCase("http://0x7f000001/cb")]
    [TestCase("http://2130706433/cb")]
    [TestCase("http://127.0.0.1:0/cb")]
    [TestCase("http://127.0.0.1:/cb")]
    [TestCase("http://127.0.0.1:99999/cb")]
    [TestCase("http://127.0.0.1:00080/cb")]
    [TestCase("http://LOCALHOST/cb")]
    [TestCase("http://localhost./cb")]
    [TestCase("http://[::ffff:127.0.0.1]/cb")]
    [TestCase("http://[0:0:0:0:0:0:0:1]/cb")]
    [TestCase("http:/127.0.0.1/cb")]
    [Rfc("9700-2.6-2"), Rfc("7591-5-2")]
    public void Http_is_for_the_three_loopback_texts_only(string uri) => ShouldBeRefused(uri);

    [TestCase("javascript:alert(1)")]
    [TestCase("JavaScript:alert(1)")]
    [TestCase("JAVASCRIPT://c.example/%0aalert(1)")]
    [TestCase("java%73cript:alert(1)")]
    [TestCase("data:text/html,x")]
    [TestCase("Data:text/html,x")]
    [TestCase("file:///etc/passwd")]
    [TestCase("blob:https://c.example/1")]
    [TestCase("about:blank")]
    [TestCase("vbscript:x")]
    [TestCase("filesystem:https://c.example/x")]
    [TestCase("view-source:https://c.example")]
    [TestCase("jar:https://c.example/x.jar!/")]
    [TestCase("ws://c.example/cb")]
    [TestCase("wss://c.example/cb")]
    [TestCase("ftp://c.example/cb")]
    [TestCase("mailto:a@b.example")]
    [TestCase("tel:1")]
    [TestCase("myapp:/cb")]
    [TestCase("CURSOR://x/cb")]
    [TestCase("cursor:")]
    [TestCase("com.example.app:")]
    [Rfc("7591-5-2"), Rfc("8252-8.4-2")]
    public void A_scheme_that_runs_something_or_belongs_to_nobody_is_refused(string uri) => ShouldBeRefused(uri);

    [Test, Rfc("8252-8.4-2")]
    public void A_scheme_without_a_period_is_for_public_clients_and_only_when_listed()
    {
        RedirectUris.Problem("myapp:/cb", ClientType.Public, [.. listed, "myapp"]).Should().BeNull();
        RedirectUris.Problem("myapp:/cb", ClientType.Confidential, ["myapp"]).Should().NotBeNull();
        RedirectUris.Problem("com.example.app:/cb", ClientType.Confidential, []).Should().NotBeNull();
        // Whatever a configuration says.
        RedirectUris.Problem("javascript:alert(1)", ClientType.Public, ["javascript"]).Should().NotBeNull();
    }

    [TestCase("javascript")]
    [TestCase("data")]
    [TestCase("file")]
    [TestCase("blob")]
    [TestCase("about")]
    [TestCase("vbscript")]
    [TestCase("filesystem")]
    [TestCase("view-source")]
    [TestCase("jar")]
    [TestCase("mailto")]
    [TestCase("tel")]
    [TestCase("wss")]
    [TestCase("ws")]
    [TestCase("ftp")]
    [TestCase("http")]
    [TestCase("https")]
    [TestCase("JavaScript")]
    [TestCase("my app")]
    [TestCase("my:app")]
    [TestCase("1app")]
    [TestCase("")]
    [Rfc("8252-8.4-2")]
    public void Some_schemes_cannot_be_listed(string scheme)
    {
        RedirectUris.IsListableScheme(scheme).Should().BeFalse();
        RedirectUris.IsListableScheme("myapp").Should().BeTrue();
    }

    [Test]
    public void The_length_is_bounded()
    {
        RedirectUris.Problem("https://c.example/" + new string('a', 2048 - 18), ClientType.Public, []).Should().BeNull();
        RedirectUris.Problem("https://c.example/" + new string('a', 2048 - 17), ClientType.Public, []).Should().NotBeNull();
    }

    [TestCase("https://C.example/cb")]
    [TestCase("https://c.example/cb/")]
    [TestCase("https://c.example:443/cb")]
    [TestCase("https://c.example/%63b")]
    [TestCase("https://c.example/cb?a=b")]
    [TestCase("https://c.example/cb?")]
    [TestCase("https://c.example/x/../cb")]
    [TestCase("https://c.example/./cb")]
    [TestCase("https://c.example/..;/cb")]
    [TestCase("https://c.example//cb")]
    [TestCase("https://user@c.example/cb")]
    [TestCase("https://c.example@evil.example/cb")]
    [TestCase("https://c.example.evil.example/cb")]
    [TestCase("https://c.example/cb#")]
    [TestCase("https://c.example/cbx")]
    [TestCase("https://c.example/c")]
    [TestCase("https://c.example/CB")]
    [TestCase("HTTPS://c.example/cb")]
    [TestCase("http://c.example/cb")]
    [TestCase(" https://c.example/cb")]
    [TestCase("https://c.example/cb\0")]
    [TestCase("")]
    [Rfc("6749-3.1.2.3-3"), Rfc("9700-2.1-1")]
    public void A_request_names_a_registered_uri_to_the_letter(string sent)
    {
        foreach (var type in Enum.GetValues<ClientType>())
        {
            RedirectUris.Matches(sent, ["https://c.example/cb", "https://d.example/cb"], type).Should().BeFalse();
            RedirectUris.Matches("https://d.example/cb", ["https://c.example/cb", "https://d.example/cb"], type).Should().BeTrue();
        }
    }

    [TestCase("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb")]
    [TestCase("http://127.0.0.1:3000/cb", "http://127.0.0.1:51004/cb")]
    [TestCase("http://127.0.0.1:3000/cb", "http://127.0.0.1/cb")]
    [TestCase("http://[::1]/cb", "http://[::1]:61023/cb")]
    [TestCase("http://localhost/callback", "http://localhost:3118/callback")]
    [TestCase("http://127.0.0.1/cb?x=1", "http://127.0.0.1:1/cb?x=1")]
    [Rfc("8252-7.3-1"), Rfc("8252-8.3-1")]
    public void A_public_client_may_use_any_port_of_a_loopback_uri(string registered, string sent)
    {
        RedirectUris.Matches(sent, [registered], ClientType.Public).Should().BeTrue();
        RedirectUris.Matches(sent, [registered], ClientType.Confidential).Should().BeFalse();
    }

    [TestCase("http://127.0.0.1/cb", "http://127.0.0.1:1/cb2")]
    [TestCase("http://127.0.0.1/cb", "http://127.0.0.1:1/cb?x=1")]
    [TestCase("http://127.0.0.1/cb?x=1", "http://127.0.0.1:1/cb")]
    [TestCase("http://127.0.0.1/cb", "https://127.0.0.1:1/cb")]
    [TestCase("http://127.0.0.1/cb", "http://[::1]:1/cb")]
    [TestCase("http://127.0.0.1/cb", "http://localhost:1/cb")]
    [TestCase("http://localhost/cb", "http://127.0.0.1:1/cb")]
    [TestCase("http://localhost/cb", "http://LOCALHOST:1/cb")]
    [TestCase("http://127.0.0.1", "http://127.0.0.1:1/x")]
    [TestCase("http://127.0.0.1", "http://127.0.0.1:1/")]
    [TestCase("http://127.0.0.1/cb", "http://127.0.0.1.evil.example/cb")]
    [TestCase("http://127.0.0.1/cb", "http://127.0.0.1@evil.example/cb")]
    [TestCase("http://127.0.0.1/cb", "http://127.0.0.1:1@evil.example/cb")]
    [TestCase("http://127.0.0.1/cb", "http://127.1/cb")]
    [TestCase("http://127.0.0.1/cb", "http://2130706433/cb")]
    [TestCase("http://127.0.0.1/cb", "http://127.0.0.2/cb")]
    [TestCase("http://127.0.0.1/cb", "http://127.0.0.1:0/cb")]
    [TestCase("http://127.0.0.1/cb", "http://127.0.0.1:99999/cb")]
    [TestCase("http://127.0.0.1/cb", "http://127.0.0.1:1/cb#")]
    [TestCase("https://127.0.0.1/cb", "https://127.0.0.1:1/cb")]
    [TestCase("com.example.app:/cb", "com.example.app:1/cb")]
    [Rfc("8252-7.3-3"), Rfc("8252-8.4-1")]
    public void Nothing_but_the_port_may_differ(string registered, string sent)
    {
        RedirectUris.Matches(sent, [registered], ClientType.Public).Should().BeFalse();
    }

    [TestCase("https://app.example.com:8443/cb?x", "app.example.com:8443")]
    [TestCase("https://app.example.com?x", "app.example.com")]
    [TestCase("http://127.0.0.1:4711/cb", "127.0.0.1:4711")]
    [TestCase("com.example.app:/cb", "com.example.app:")]
    [TestCase("cursor://anysphere.cursor-mcp/oauth/callback", "cursor:")]
    [TestCase("http.evil.app://accounts.example.com/cb", "http.evil.app:")]
    [TestCase("https.evil.app://accounts.example.com/cb", "https.evil.app:")]
    public void What_a_user_can_recognise_is_the_host_or_the_scheme_of_an_app(string uri, string shown)
    {
        UriText.DisplayHost(uri).Should().Be(shown);
    }

    [Test, Rfc("8252-7.3-1"), Rfc("8252-7.3-3")]
    public void A_name_below_localhost_matches_itself_on_any_port()
    {
        string[] registered = ["http://app.localhost:3000/cb"];

        RedirectUris.Matches("http://app.localhost:4711/cb", registered, ClientType.Public).Should().BeTrue();
        RedirectUris.Matches("http://app.localhost/cb", registered, ClientType.Public).Should().BeTrue();
        RedirectUris.Matches("http://app.localhost:4711/cb", registered, ClientType.Confidential).Should().BeFalse();
        foreach (
            var other in new[]
            {
                "http://b.localhost:3000/cb",
                "http://localhost:3000/cb",
                "http://app.localhost:3000/c",
                "https://app.localhost/cb",
            }
        )
            RedirectUris.Matches(other, registered, ClientType.Public).Should().BeFalse(other);
    }

    [TestCase("http://127.0.0.1:1/cb", true)]
    [TestCase("http://[::1]/cb", true)]
    [TestCase("http://localhost/cb", true)]
    [TestCase("http://app.localhost:3000/cb", true)]
    [TestCase("com.example.app:/cb", true)]
    [TestCase("https.example:/cb", true)]
    [TestCase("cursor://anysphere.cursor-mcp/oauth/callback", true)]
    [TestCase("https://c.example/cb", false)]
    [TestCase("https://localhost/cb", false)]
    [Rfc("9700-4.11.2-2")]
    public void An_app_on_the_device_hears_errors_at_once_and_a_site_only_if_the_host_vouches_for_it(string uri, bool anyClient)
    {
        RedirectUris.HearsErrorsAtOnce(Given.Client() with { Provenance = ClientProvenance.Api }, uri).Should().BeTrue();
        foreach (var provenance in new[] { ClientProvenance.Dcr, ClientProvenance.Cimd })
            RedirectUris.HearsErrorsAtOnce(Given.Client() with { Provenance = provenance }, uri).Should().Be(anyClient);
    }

    private static void ShouldBeRefused(string uri)
    {
        foreach (var type in Enum.GetValues<ClientType>())
            RedirectUris.Problem(uri, type, listed).Should().NotBeNullOrEmpty();
    }

    [Test]
    public void A_scheme_has_a_hundred_characters_at_most()
    {
        RedirectUris.IsListableScheme(new string('a', 100)).Should().BeTrue();
        RedirectUris.IsListableScheme(new string('a', 101)).Should().BeFalse();
    }

    [Test]
    public void Each_name_of_the_response_is_refused_in_a_query_and_none_that_is_like_it()
    {
        foreach (var name in new[] { "code", "state", "iss", "error", "error_description", "error_uri" })
        {
            RedirectUris.Problem($"https://c.example/cb?{name}=1", ClientType.Public, []).Should().Contain($"must not have {name},");
            RedirectUris.Problem($"https://c.example/cb?x{name}=1", ClientType.Public, []).Should().BeNull();
        }

        RedirectUris.Problem("https://c.example/cb?=1", ClientType.Public, []).Should().BeNull();
    }

    [Test]
    public void The_problem_is_named()
    {
        Problem("https://c.example/é").Should().Contain("characters of RFC 3986");
        Problem("cb").Should().Contain("must be absolute");
        Problem("https://c.example/cb#x").Should().Contain("fragment");
        Problem("https://c.example/*").Should().Contain("wildcards");
        Problem("https://user@c.example/cb").Should().Contain("https redirect URI needs a host");
        Problem("http://c.example/cb").Should().Contain("http redirect URI is allowed on");
        Problem("ftp://c.example/cb").Should().Contain("never allowed");
        Problem("myapp:/cb").Should().Contain("must have a period");
        RedirectUris.Problem("com.example.app:/cb", ClientType.Confidential, []).Should().Contain("public clients only");
        Problem("com.example.app:").Should().Contain("more than its scheme");

        static string? Problem(string uri) => RedirectUris.Problem(uri, ClientType.Public, []);
    }
}
