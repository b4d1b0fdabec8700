namespace HQ.OAuth2.Tests;

/// <summary>Addresses in proofs that no honest client writes: another form or none, and never an exception.</summary>
internal sealed class HostileTargetTests
{
    [Test]
    public void No_text_breaks_the_reader()
    {
        string[] hosts =
        [
            "h",
            "h.",
            ".",
            "..",
            "a..b",
            "-",
            "xn--",
            "xn--a",
            "xn--0000",
            "xn--" + new string('z', 59),
            new string('a', 64),
            new string('a', 300),
            "[",
            "[]",
            "[::1]",
            "[::1%25eth0]",
            "[v1.x]",
            "1",
            "1.2.3.4.5",
            "0x7f.1",
            "4294967296",
            "h:0",
            "h:65535",
            "h:65536",
            "h:",
            "h:-1",
            "u@h",
            "u:p@h",
            "%41",
            "a%00b",
            "_",
            "*",
        ];
        string[] paths =
        [
            "",
            "/",
            "//",
            "/.",
            "/..",
            "/../..",
            "/%",
            "/%2",
            "/%zz",
            "/%00",
            "/%2f",
            "/%252F",
            "/%C3%28",
            "/%ED%A0%80",
            "/a;b",
            "/a\\b",
            "?",
            "#",
            "?#",
            "/" + new string('a', 4000),
        ];
        foreach (var scheme in new[] { "https", "HTTPS", "http", "ftp", "file", "urn", "javascript" })
        {
            foreach (var host in hosts)
            {
                foreach (var path in paths)
                {
                    foreach (var text in new[] { $"{scheme}://{host}{path}", $"{scheme}:{host}{path}" })
                    {
                        var of = () => ProofTarget.Of(text);
                        of.Should().NotThrow(text[..Math.Min(80, text.Length)]);
                    }
                }
            }
        }
    }

    [TestCase("https://auth.example.com:443/oauth2/token", true)]
    [TestCase("https://AUTH.example.COM/oauth2/token", true)]
    [TestCase("https://auth.example.com/oauth2/%74oken", true)]
    [TestCase("https://auth.example.com/oauth2/token?a=b#c", true)]
    [TestCase("https://auth.example.com/oauth2/token/", false)]
    [TestCase("https://auth.example.com/oauth2/Token", false)]
    [TestCase("https://auth.example.com/oauth2%2Ftoken", false)]
    [TestCase("https://auth.example.com/oauth2%2ftoken", false)]
    [TestCase("https://auth.example.com./oauth2/token", false)]
    [TestCase("https://auth.example.com:8443/oauth2/token", false)]
    [TestCase("http://auth.example.com/oauth2/token", false)]
    [TestCase("https://u@auth.example.com/oauth2/token", false)]
    [TestCase("https://auth.example.com//oauth2/token", false)]
    [TestCase("https://auth.example.com/oauth2/token\\", false)]
    [TestCase("//auth.example.com/oauth2/token", false)]
    [TestCase("/oauth2/token", false)]
    public void One_address_has_one_form(string sent, bool isSame) =>
        (ProofTarget.Of(sent) == ProofTarget.Of("https://auth.example.com/oauth2/token")).Should().Be(isSame);
}
