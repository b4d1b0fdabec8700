using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class IssuerTests
{
    [TestCase("https://auth.example.com", "https://auth.example.com", "")]
    [TestCase("https://auth.example.com:8443", "https://auth.example.com:8443", "")]
    [TestCase("https://example.com/tenants/one", "https://example.com", "/tenants/one")]
    [TestCase("https://example.com/a-b.c_d~e/1", "https://example.com", "/a-b.c_d~e/1")]
    [TestCase("http://localhost:5000", "http://localhost:5000", "")]
    [TestCase("http://127.0.0.1:5000/x", "http://127.0.0.1:5000", "/x")]
    [TestCase("http://[::1]", "http://[::1]", "")]
    [TestCase("http://app.localhost:3000", "http://app.localhost:3000", "")]
    [TestCase("http://auth.app.localhost/x", "http://auth.app.localhost", "/x")]
    [TestCase("https://xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example", "")]
    public void An_issuer_is_kept_verbatim(string text, string origin, string path)
    {
        Issuer.TryParse(text, out var issuer, out var problem).Should().BeTrue(problem);

        issuer!.Value.Should().Be(text);
        (issuer.Origin, issuer.Path).Should().Be((origin, path));
        issuer.Url(issuer.TokenPath).Should().Be(text + "/oauth2/token");
    }

    [Test, Rfc("8414-3.1-1")]
    public void The_well_known_part_stands_between_host_and_path()
    {
        var issuer = new ServerSettings(Given.Options(o => o.IssuerURL = "https://example.com/tenants/one")).Issuer;

        issuer.Url(issuer.MetadataPath).Should().Be("https://example.com/.well-known/oauth-authorization-server/tenants/one");
    }

    [TestCase(null, "missing")]
    [TestCase("", "missing")]
    [TestCase("auth.example.com", "absolute")]
    [TestCase("/issuer", "absolute")]
    [TestCase("ftp://auth.example.com", "absolute")]
    [TestCase("https://", "absolute")]
    [TestCase("https://auth.example.com/", "slash")]
    [TestCase("https://auth.example.com/a/", "slash")]
    [TestCase("https://auth.example.com?x", "query")]
    [TestCase("https://auth.example.com/?", "query")]
    [TestCase("https://auth.example.com#x", "fragment")]
    [TestCase("https://auth.example.com#", "fragment")]
    [TestCase("https://user@auth.example.com", "user name")]
    [TestCase("http://auth.example.com", "loopback")]
    [TestCase("http://localhost.evil.example", "loopback")]
    [TestCase("http://app.localhost.", "loopback")]
    [TestCase("http://evil.example/.localhost", "loopback")]
    [TestCase("http://a@x.localhost", "user name")]
    [TestCase("http://App.localhost", "plain form")]
    [TestCase("http://127.1", "plain form")]
    [TestCase("HTTPS://auth.example.com", "plain form: write https://auth.example.com,")]
    [TestCase("https://Auth.example.com", "plain form: write https://auth.example.com,")]
    [TestCase("https://auth.example.com:443", "plain form: write https://auth.example.com,")]
    [TestCase("https://auth.example.com:0443/x", "plain form: write https://auth.example.com/x,")]
    [TestCase("https://auth.example.com/a/../b", "plain form: write https://auth.example.com/b,")]
    [TestCase("https://auth.example.com/%61", "plain form")]
    [TestCase("https://auth.example.com/a%2Fb", "path")]
    [TestCase("https://auth.example.com/a;b", "path")]
    [TestCase(" https://auth.example.com", "characters")]
    [TestCase("https://auth.example.com ", "characters")]
    [TestCase("https://auth.example.com\\a", "absolute")]
    [TestCase("https://münchen.example", "characters")]
    [TestCase("https:auth.example.com", "absolute")]
    public void Anything_that_clients_could_read_otherwise_is_refused_with_the_fix(string? text, string problem)
    {
        Issuer.TryParse(text, out var issuer, out var found).Should().BeFalse();

        issuer.Should().BeNull();
        found.Should().Contain(problem);
    }

    [TestCase("https://auth.example.com", "")]
    [TestCase("https://example.com/tenants/one", "/tenants/one")]
    public void Every_address_stands_below_the_path_of_the_issuer(string text, string path)
    {
        Issuer.TryParse(text, out var found, out _).Should().BeTrue();
        var issuer = found!;

        string[] paths =
        [
            issuer.AuthorizePath,
            issuer.TokenPath,
            issuer.RegisterPath,
            issuer.IntrospectPath,
            issuer.RevokePath,
            issuer.JwksPath,
            issuer.PushedAuthorizationPath,
            issuer.DeviceAuthorizationPath,
            issuer.DevicePath,
            issuer.ConnectedAppsPath,
            issuer.PersonalTokenPath,
            issuer.PersonalTokensPath,
            issuer.AuthorizationsPath,
            issuer.ManagementPath,
        ];

        paths
            .Should()
            .Equal(
                path + "/oauth2/authorize",
                path + "/oauth2/token",
                path + "/oauth2/register",
                path + "/oauth2/introspect",
                path + "/oauth2/revoke",
                path + "/oauth2/jwks",
                path + "/oauth2/par",
                path + "/oauth2/device_authorization",
                path + "/oauth2/device",
                path + "/oauth2/connected-apps",
                path + "/oauth2/connected-apps/new-token",
                path + "/api/v0/users/me/oauth2/personal-access-tokens",
                path + "/api/v0/users/me/oauth2/authorizations",
                path + "/api/v0/oauth2"
            );
    }

    [TestCase("https://example.com", "|")]
    [TestCase("https://example.com/a", "|/a /a|")]
    [TestCase("https://example.com/a/bc", "|/a/bc /a|/bc /a/bc|")]
    public void The_path_is_divided_before_each_slash_and_at_its_end(string text, string splits)
    {
        Issuer.TryParse(text, out var issuer, out _).Should().BeTrue();

        string.Join(' ', issuer!.Splits.Select(s => $"{s.Before}|{s.Seen}")).Should().Be(splits);
    }

    [Test]
    public void An_app_may_see_an_address_with_less_of_the_path_of_the_issuer()
    {
        Issuer.TryParse("https://example.com/a/b", out var issuer, out _).Should().BeTrue();

        issuer!.Forms(issuer.TokenPath).Should().Equal("/a/b/oauth2/token", "/b/oauth2/token", "/oauth2/token");
    }
}
