using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class ConsentModelTests
{
    [Test, Rfc("6749-10.2-1")]
    public void It_names_the_client_the_host_the_scopes_and_the_lifetimes()
    {
        var options = Given.Options(o =>
        {
            o.Scopes[1].Description = "Write notes";
            o.Resources.Add(new() { Identifier = "https://mcp.example", Name = "Notes" });
        });
        var client = Given.Client() with { ClientName = "The App", Org = "acme", CreatedAt = TestClock.Start };
        var request = Given.Request(client, scope: "write delete", resources: ["https://mcp.example", "https://auth.example.com"]);

        var model = ConsentModel.Of(request, imitates: false, ScopeSet.Empty, new(options));

        (model.ClientName, model.ClientId, model.Org, model.FirstSeen).Should().Be(("The App", "app", "acme", TestClock.Start));
        model.RedirectHost.Should().Be("app.example.com");
        model
            .Scopes.Select(s => (s.Name, s.Description, s.Destructive, s.AlreadyGranted))
            .Should()
            .Equal(("write", "Write notes", false, false), ("delete", null, true, false));
        model
            .Resources.Select(r => (r.Identifier, r.Name, r.Place))
            .Should()
            .Equal(("https://mcp.example", "Notes", "mcp.example"), ("https://auth.example.com", null, "auth.example.com"));
        model.ServiceName.Should().Be("auth.example.com");
        model.AccessTokenLifetime.Should().Be(TimeSpan.FromMinutes(15));
        model.RefreshTokenLifetime.Should().Be(TimeSpan.FromDays(90));
        model.IsSelfRegistered.Should().BeFalse();
    }

    [Test]
    public void Without_refresh_tokens_there_is_no_refresh_lifetime()
    {
        var client = Given.Client() with { GrantTypes = ["authorization_code"] };

        Model(client).RefreshTokenLifetime.Should().BeNull();
        Model(Given.Client(type: ClientType.Confidential)).RefreshTokenLifetime.Should().Be(TimeSpan.FromDays(180));
    }

    [Test, Rfc("7591-5-6"), Rfc("21-7.9-2")]
    public void It_says_who_registered_itself_and_since_when()
    {
        var client = Given.Client() with { Provenance = ClientProvenance.Dcr, CreatedAt = TestClock.Start };

        var model = ConsentModel.Of(Given.Request(client), imitates: true, ScopeSet.Empty, new(Given.Options()));

        (model.IsSelfRegistered, model.Provenance, model.ImitatesKnownClient).Should().Be((true, ClientProvenance.Dcr, true));
        model.FirstSeen.Should().Be(TestClock.Start);
        model.RedirectHost.Should().Be("app.example.com");
        Model(Given.Client()).FirstSeen.Should().BeNull("a store that does not say leaves the default");
    }

    [TestCase("https://app.example.com/cb", "app.example.com", false, false)]
    [TestCase("http://127.0.0.1:4711/cb", "127.0.0.1:4711", true, false)]
    [TestCase("http://localhost/cb", "localhost", true, false)]
    [TestCase("com.example.app:/cb", "com.example.app:", false, true)]
    [TestCase("http.evil.app://accounts.example.com/cb", "http.evil.app:", false, true)]
    [Rfc("6749-3.1.2.1-1")]
    public void It_says_what_kind_of_place_the_answer_goes_to(string uri, string host, bool loopback, bool privateUse)
    {
        var model = ConsentModel.Of(Given.Request(redirectUri: uri), imitates: false, ScopeSet.Empty, new(Given.Options()));

        (model.RedirectHost, model.IsLoopbackRedirect, model.IsPrivateUseRedirect).Should().Be((host, loopback, privateUse));
    }

    [TestCase(null, "app")]
    [TestCase("", "app")]
    [TestCase("  ", "app")]
    [TestCase("\u202e\u200b", "app")]
    [TestCase("  The App ", "The App")]
    [TestCase("The\u202eApp\u0007", "TheApp")]
    [TestCase("a\nb\u2028c\u2029d\ue000e\u200df", "abcdef")]
    [TestCase("日本 😀", "日本 😀")]
    [TestCase("<b>&\"'", "<b>&\"'")]
    public void The_name_is_shown_without_what_could_turn_the_page(string? name, string shown)
    {
        Model(Given.Client() with { ClientName = name }).ClientName.Should().Be(shown);
    }

    [Test]
    public void A_long_name_is_cut_between_characters()
    {
        Model(Given.Client() with { ClientName = new string('a', 64) }).ClientName.Should().Be(new string('a', 64));
        Model(Given.Client() with { ClientName = new string('a', 65) }).ClientName.Should().Be(new string('a', 64) + "…");
        var emoji = string.Concat(Enumerable.Repeat("😀", 65));
        Model(Given.Client() with { ClientName = emoji }).ClientName.Should().Be(emoji[..128] + "…");
    }

    [TestCase("https://app.example.com/about", false)]
    [TestCase("https://app.example.com:8443/about", true)]
    [TestCase("https://evil.example/", true)]
    [Rfc("7591-5-7")]
    public void Links_to_another_host_than_the_redirects_are_marked(string link, bool foreign)
    {
        var byLink = Model(Given.Client() with { TosUri = link });
        byLink.Links.Select(l => (l.Kind, l.Uri, l.Host)).Should().Equal(("tos_uri", link, link.Split('/')[2]));
        byLink.HasForeignLinks.Should().Be(foreign);

        var byLogo = Model(Given.Client() with { LogoUri = link });
        byLogo.Links.Should().BeEmpty("a logo is not shown");
        byLogo.HasForeignLinks.Should().Be(foreign);
    }

    [Test, Rfc("MCP-S.7.2-1")]
    public void It_says_when_every_redirect_is_on_the_users_computer()
    {
        Model(Given.Client() with { RedirectUris = ["http://127.0.0.1/cb", "http://localhost/cb"] })
            .OnlyLoopbackRedirects.Should()
            .BeTrue();
        Model(Given.Client() with { RedirectUris = ["http://127.0.0.1/cb", Given.RedirectUri] }).OnlyLoopbackRedirects.Should().BeFalse();
    }

    [TestCase("The  App", "The App")]
    [TestCase("The\u2003\u00a0\u3000App", "The App")]
    [TestCase("\u3164\u2800\u115f", "app")]
    [TestCase("Cla\u0489ude", "Claude")]
    public void Nothing_of_a_name_pushes_hides_or_covers(string name, string shown)
    {
        Model(Given.Client() with { ClientName = name }).ClientName.Should().Be(shown);
    }

    [Test]
    public void Marks_do_not_pile_up()
    {
        var zalgo = "A" + new string('\u0301', 30) + "pp";
        Model(Given.Client() with { ClientName = zalgo }).ClientName.Should().Be("A\u0301\u0301pp");
    }

    [Test]
    public void It_says_what_is_not_included_and_what_was_allowed_before()
    {
        var request = Given.Request(scope: "read write");
        var model = ConsentModel.Of(request, imitates: false, ScopeSet.Of("read"), new(Given.Options(o => o.Pages.ChooseScopes = true)));

        model.Scopes.Select(s => (s.Name, s.AlreadyGranted)).Should().Equal(("read", true), ("write", false));
        model.ScopesNotIncluded.Select(s => s.Name).Should().Equal("delete");
        model.ChooseScopes.Should().BeTrue();
    }

    [Test]
    public void Only_a_client_of_the_hosts_own_is_trusted()
    {
        Model(Given.Client() with { Trusted = true }).IsTrusted.Should().BeTrue();
        Model(Given.Client() with { Trusted = true, Provenance = ClientProvenance.Dcr }).IsTrusted.Should().BeFalse();
    }

    [TestCase(ClientProvenance.Dcr, "Official App", true)]
    [TestCase(ClientProvenance.Dcr, "The App", false)]
    [TestCase(ClientProvenance.Api, "Official App", false)]
    [TestCase(ClientProvenance.Api, "The App", false)]
    public void Only_a_client_that_registered_itself_claims_trust_by_its_name(ClientProvenance provenance, string name, bool claims) =>
        Model(Given.Client() with { Provenance = provenance, ClientName = name }).ClaimsTrust.Should().Be(claims);

    [Test]
    public void A_client_without_redirects_does_not_redirect_to_the_users_computer() =>
        Model(Given.Client() with { RedirectUris = [] }).OnlyLoopbackRedirects.Should().BeFalse();

    [Test]
    public void A_scope_that_the_host_does_not_have_is_shown_by_its_name_alone()
    {
        var scope = ConsentScope.Of("gone", Given.Options());

        (scope.Name, scope.Description, scope.Destructive).Should().Be(("gone", (string?)null, false));
    }

    private static ConsentModel Model(Client client) =>
        ConsentModel.Of(Given.Request(client), imitates: false, ScopeSet.Empty, new(Given.Options()));
}
