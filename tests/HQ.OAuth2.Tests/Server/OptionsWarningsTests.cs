using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class OptionsWarningsTests
{
    [Test]
    public void The_defaults_weaken_nothing()
    {
        OptionsWarnings.Of(Given.Options(o => o.BcryptWorkFactor = 10)).Should().BeEmpty();
        OptionsWarnings
            .Of(
                Given.Options(o =>
                {
                    o.BcryptWorkFactor = 8;
                    (o.Dcr, o.DefaultOrg, o.ClientIdMetadataDocuments) = (true, "acme", true);
                    o.RefreshTokenLeeway = TimeSpan.FromMinutes(5);
                    o.AccessTokenLifetime = TimeSpan.FromHours(1);
                })
            )
            .Should()
            .BeEmpty();
    }

    private static IEnumerable<TestCaseData> Weakening()
    {
        yield return Case("unauthenticatedIntrospection", true, o => o.UnauthenticatedIntrospection = true);
        yield return Case("requirePkce", false, o => o.RequirePkce = false);
        yield return Case("allowPlainHttpBehindProxy", true, o => o.AllowPlainHttpBehindProxy = true);
        yield return Case("resources:identifier", "*", o => o.Resources.Add(new() { Identifier = "*" }));
        yield return Case("scopes", "(none)", o => o.Scopes.Clear());
        yield return Case(
            "documents:rememberConsent",
            true,
            o => (o.ClientIdMetadataDocuments, o.Documents.RememberConsent) = (true, true)
        );
        yield return Case("bcryptWorkFactor", 7, o => o.BcryptWorkFactor = 7);
        yield return Case("refreshTokenLeeway", new TimeSpan(0, 5, 1), o => o.RefreshTokenLeeway = new(0, 5, 1));
        yield return Case("accessTokenLifetime", new TimeSpan(1, 0, 1), o => o.AccessTokenLifetime = new(1, 0, 1));
        yield return Case("authorizationCodeLifetime", new TimeSpan(0, 5, 1), o => o.AuthorizationCodeLifetime = new(0, 5, 1));
        yield return Case("refreshTokenLifetime", TimeSpan.FromDays(367), o => o.RefreshTokenLifetime = TimeSpan.FromDays(367));
        yield return Case("refreshTokenIdleLifetime", TimeSpan.FromDays(367), o => o.RefreshTokenIdleLifetime = TimeSpan.FromDays(367));
        yield return Case("publicRefreshTokenLifetime", TimeSpan.FromDays(367), o => o.PublicRefreshTokenLifetime = TimeSpan.FromDays(367));
        yield return Case("rememberConsentFor", TimeSpan.FromDays(367), o => o.RememberConsentFor = TimeSpan.FromDays(367));
        yield return Case("cacheClientsFor", new TimeSpan(0, 5, 1), o => o.CacheClientsFor = new(0, 5, 1));
        yield return Case("signingKeyLifetime", TimeSpan.FromDays(367), o => o.SigningKeyLifetime = TimeSpan.FromDays(367));
        yield return Case("pruneEvery", TimeSpan.Zero, o => o.PruneEvery = TimeSpan.Zero);
        yield return Case("limits:failedAuthenticationsPerMinute", 0, o => o.Limits.FailedAuthenticationsPerMinute = 0);
        yield return Case("limits:bcryptConcurrency", 0, o => o.Limits.BcryptConcurrency = 0);
        yield return Case("limits:registrationsPerMinute", 0, o => (o.Dcr, o.Limits.RegistrationsPerMinute) = (true, 0));
        yield return Case("limits:selfRegisteredClients", 0, o => (o.Dcr, o.Limits.SelfRegisteredClients) = (true, 0));
        yield return Case(
            "limits:documentFetchesPerMinute",
            0,
            o => (o.ClientIdMetadataDocuments, o.Limits.DocumentFetchesPerMinute) = (true, 0)
        );
        yield return Case("clients:app:requirePkce", false, o => o.Clients.Add(new() { ClientId = "app", RequirePkce = false }));
    }

    [TestCaseSource(nameof(Weakening)), Rfc("9449-11.2-1")]
    public void A_setting_that_weakens_the_server_is_named_with_its_value_and_its_consequence(
        string key,
        object value,
        Action<HqOAuth2Options> configure
    )
    {
        var options = Given.Options(o => o.BcryptWorkFactor = 10);
        configure(options);

        var warning = OptionsWarnings.Of(options).Should().ContainSingle().Subject;

        (warning.Key, warning.Value).Should().Be((key, value));
        warning.Consequence.Should().NotBeEmpty();
    }

    private static TestCaseData Case(string key, object value, Action<HqOAuth2Options> configure) =>
        new TestCaseData(key, value, configure).SetArgDisplayNames(key);
}
