namespace HQ.OAuth2;

/// <summary>Each setting that differs from RFC 9700 is named with its section; nothing else is.</summary>
internal sealed class BestCurrentPracticeTests
{
    private static readonly (string, string)[] ofTheDefaults = [("2.2.1", "resources:requireDpop"), ("4.14.2", "refreshTokenLeeway")];

    [Test]
    public void The_defaults_differ_where_most_clients_of_today_need_it() => DifferencesOf(_ => { }).Should().Equal(ofTheDefaults);

    [Test]
    public void The_strict_profile_differs_nowhere() => DifferencesOf(o => o.Profile = SecurityProfile.Fapi2).Should().BeEmpty();

    [Test]
    public void Proofs_at_a_resource_leave_the_tokens_of_the_others() =>
        DifferencesOf(o =>
            {
                o.RefreshTokenLeeway = TimeSpan.Zero;
                o.Resources.Add(new() { Identifier = "https://a.example", RequireDpop = true });
            })
            .Should()
            .Equal(ofTheDefaults[0]);

    private static IEnumerable<TestCaseData> Differing()
    {
        yield return Case("2.1.1", "requirePkce", o => o.RequirePkce = false);
        yield return Case("2.1.1", "clients:app:requirePkce", o => o.Clients.Add(new() { ClientId = "app", RequirePkce = false }));
        yield return Case("2.3", "resources:identifier", o => o.Resources.Add(new() { Identifier = "*" }));
        yield return Case("2.5", "clients:app", o => o.Clients.Add(new() { ClientId = "app", Secret = "a secret" }));
        yield return Case("2.5", "clients:app", o => o.Clients.Add(new() { ClientId = "app", SecretHash = "$2a$" }));
        yield return Case("4.2.4", "pages:logo", o => o.Pages.Logo = "https://cdn.example/logo.svg");
        yield return Case("4.2.4", "pages:stylesheet", o => o.Pages.Stylesheet = "https://cdn.example/a.css");
        yield return Case("2.6", "allowPlainHttpBehindProxy", o => o.AllowPlainHttpBehindProxy = true);
    }

    [TestCaseSource(nameof(Differing))]
    public void A_setting_that_differs_is_named_beside_those_of_the_defaults(
        string section,
        string key,
        Action<HqOAuth2Options> configure
    ) => DifferencesOf(configure).Should().BeEquivalentTo([.. ofTheDefaults, (section, key)]);

    [Test]
    public void Pages_that_load_from_this_host_follow_it() =>
        DifferencesOf(o => (o.Pages.Logo, o.Pages.Stylesheet) = ("/logo.svg", "/a.css")).Should().Equal(ofTheDefaults);

    [Test]
    public void Clients_without_a_shared_secret_follow_it() =>
        DifferencesOf(o =>
            {
                o.Clients.Add(new() { ClientId = "public" });
                o.Clients.Add(new() { ClientId = "signs", JwksUri = "https://app.example.com/jwks" });
            })
            .Should()
            .Equal(ofTheDefaults);

    private static IEnumerable<TestCaseData> Sentences()
    {
        yield return Case("this client may leave PKCE out", "write true, or leave the key out", Client(c => c.RequirePkce = false));
        yield return Case(
            "* lets clients name any address as the audience",
            "list the resources",
            o => o.Resources.Add(new() { Identifier = "*" })
        );
        yield return Case(
            "this client proves itself by a secret that both sides know",
            "give it jwks or jwksUri instead (private_key_jwt)",
            Client(c => c.Secret = "a secret")
        );
        yield return Case(
            "the pages load it from another origin",
            "serve it from this host, and write its path",
            o => o.Pages.Logo = "https://cdn.example/logo.svg"
        );

        static Action<HqOAuth2Options> Client(Action<ClientOptions> change) =>
            o =>
            {
                var client = new ClientOptions { ClientId = "app" };
                change(client);
                o.Clients.Add(client);
            };
    }

    [TestCaseSource(nameof(Sentences))]
    public void A_difference_is_told_with_what_to_change(string difference, string fix, Action<HqOAuth2Options> configure) =>
        BestCurrentPractice.Deviations(Given.Options(configure)).Should().ContainSingle(d => d.Difference == difference && d.Fix == fix);

    [Test]
    public void Each_says_what_is_done_here_and_what_to_change()
    {
        var all = BestCurrentPractice.Deviations(
            Given.Options(o => (o.RequirePkce, o.AllowPlainHttpBehindProxy, o.RefreshTokenLeeway) = (false, true, TimeSpan.FromMinutes(2)))
        );

        all.Should().HaveCount(4).And.OnlyContain(d => d.Difference.Length > 10 && d.Fix.Length > 5);
        all.Last().Difference.Should().Be("a spent refresh token is still accepted for 00:02:00");
    }

    private static IEnumerable<(string, string)> DifferencesOf(Action<HqOAuth2Options> configure) =>
        BestCurrentPractice.Deviations(Given.Options(configure)).Select(d => (d.Section, d.Key));

    private static TestCaseData Case(string section, string key, Action<HqOAuth2Options> configure) =>
        new TestCaseData(section, key, configure).SetArgDisplayNames(section, key);
}
