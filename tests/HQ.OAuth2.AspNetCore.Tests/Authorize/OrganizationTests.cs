using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The organization behind an authorization: chosen on the consent page, kept by each token, and lost with the membership.</summary>
internal sealed class OrganizationTests
{
    private readonly Directory directory = new();
    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() =>
        app = await TestApp.StartAsync(
            parts: server =>
            {
                server.Services.AddSingleton(directory);
                server.AddOrganizations<Organizations>();
            },
            map: host => host.MapGet("/api/org", (HttpContext http) => http.User.FindFirst("org_id")!.Value).RequireScope("read")
        );

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    public async Task The_only_organization_is_shown_and_taken()
    {
        var user = Member("one", "acme");

        var page = await user.Browser.GetAsync(TestApp.AuthorizeUrl("web"));
        page.Body.Should().Contain("Acme &amp; Co").And.NotContain("type=\"radio\"");
        var tokens = await user.TokensAsync("web");

        Claim(tokens).Should().Be("acme");
        (await IntrospectAsync(tokens.Text("access_token")!, "machine")).Text("org_id").Should().Be("acme");
        (await IntrospectAsync(tokens.Text("refresh_token")!, "web")).Text("org_id").Should().Be("acme");
        (await app.GetAsync("/api/org", tokens.Text("access_token"))).Body.Should().Be("acme");
        (await user.ListAsync()).Json.GetProperty("items")[0].GetProperty("organization").GetString().Should().Be("acme");
    }

    [Test]
    public async Task Of_several_the_user_chooses_and_a_refresh_keeps_it()
    {
        var user = Member("several", "acme", "globex");

        var page = await user.Browser.GetAsync(TestApp.AuthorizeUrl("web"));
        page.Body.Should().Contain("value=\"acme\" required").And.Contain("value=\"globex\" required").And.NotContain("checked required");
        var code = (await user.Browser.PressAsync(page, "approve", ("organization", "globex"))).LocationParameter("code")!;
        var tokens = await app.RedeemAsync("web", code);

        Claim(tokens).Should().Be("globex");
        Claim(await RefreshAsync(tokens)).Should().Be("globex");
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("umbrella")]
    public async Task An_answer_without_one_of_them_allows_nothing(string? chosen)
    {
        var user = Member("wrong-choice", "acme", "globex");
        var page = await user.Browser.GetAsync(TestApp.AuthorizeUrl("web"));

        var refused = await user.Browser.PressAsync(page, "approve", chosen is null ? [] : [("organization", chosen)]);

        refused.Status.Should().Be(400);
        refused.Body.Should().Contain("HQ1083").And.Contain("Choose the organization");
        (await user.IdsAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task The_answer_is_for_what_the_page_showed()
    {
        var user = Member("moved", "acme");
        var page = await user.Browser.GetAsync(TestApp.AuthorizeUrl("web"));
        directory.Set(user.User, "globex");

        (await user.Browser.PressAsync(page, "approve")).Body.Should().Contain("HQ1083");

        directory.Set(user.User, "acme", "globex");
        var code = (await user.Browser.PressAsync(page, "approve")).LocationParameter("code")!;
        Claim(await app.RedeemAsync("web", code)).Should().Be("acme");
    }

    [Test]
    public async Task Two_tabs_for_two_organizations_are_two_authorizations()
    {
        var user = Member("tabs", "acme", "globex");
        var first = await user.Browser.GetAsync(TestApp.AuthorizeUrl("web"));
        var second = await user.Browser.GetAsync(TestApp.AuthorizeUrl("web"));

        var codes = await Task.WhenAll(
            user.Browser.PressAsync(first, "approve", ("organization", "acme")),
            user.Browser.PressAsync(second, "approve", ("organization", "globex"))
        );

        Claim(await app.RedeemAsync("web", codes[0].LocationParameter("code")!)).Should().Be("acme");
        Claim(await app.RedeemAsync("web", codes[1].LocationParameter("code")!)).Should().Be("globex");
    }

    [Test]
    public async Task One_form_answered_for_two_organizations_is_answered_once()
    {
        var user = Member("one-form", "acme", "globex");
        var page = await user.Browser.GetAsync(TestApp.AuthorizeUrl("web"));

        (await user.Browser.PressAsync(page, "approve", ("organization", "acme"))).LocationParameter("code").Should().NotBeNull();

        (await user.Browser.PressAsync(page, "approve", ("organization", "globex"))).Body.Should().Contain("HQ1079");
    }

    [Test]
    public async Task A_remembered_consent_is_for_its_organization()
    {
        var user = Member("remembered", "acme", "globex");
        var page = await user.Browser.GetAsync(TestApp.AuthorizeUrl("web"));
        await user.Browser.PressAsync(page, "approve", ("organization", "globex"));

        var again = await user.Browser.GetAsync(TestApp.AuthorizeUrl("web"));
        Claim(await app.RedeemAsync("web", again.LocationParameter("code")!)).Should().Be("globex");

        directory.Set(user.User, "acme");
        (await user.Browser.GetAsync(TestApp.AuthorizeUrl("web")))
            .Status.Should()
            .Be(200, "the page is shown: the consent was for another");
    }

    [Test]
    public async Task Connected_apps_are_grouped_by_organization_under_its_name()
    {
        var user = Member("grouped", "acme", "globex");
        foreach (var organization in new[] { "acme", "globex" })
        {
            var asked = await user.Browser.GetAsync(TestApp.AuthorizeUrl("web", ("prompt", "consent")));
            var code = (await user.Browser.PressAsync(asked, "approve", ("organization", organization))).LocationParameter("code")!;
            await app.RedeemAsync("web", code);
        }

        var page = await user.Browser.GetAsync("/oauth2/connected-apps");

        var parts = page.Body.Split("<h2 class=\"place\">Access for ")[1..];
        parts.Should().HaveCount(2);
        parts[0].Should().StartWith("<bdi>Acme &amp; Co</bdi>").And.Contain("<h3 ").And.Contain("<h4 ");
        parts[1].Should().StartWith("<bdi>globex</bdi>");
        page.Body.Split("<article ").Should().HaveCount(3, "the same app for another organization is another entry");
    }

    [Test]
    public async Task A_user_without_organizations_gives_access_for_none()
    {
        var user = Member("alone");
        var tokens = await user.TokensAsync("web");

        Claim(tokens).Should().BeNull();
        (await user.ListAsync()).Json.GetProperty("items")[0].TryGetProperty("organization", out _).Should().BeFalse();
    }

    [Test]
    public async Task A_membership_that_ended_ends_the_authorization()
    {
        var user = Member("leaver", "acme");
        var tokens = await user.TokensAsync("web");
        (await app.GetAsync("/api/read", tokens.Text("access_token"))).Status.Should().Be(200);

        directory.Set(user.User, "globex");
        (await app.GetAsync("/api/read", tokens.Text("access_token"))).Status.Should().Be(200, "the answer counts for 30 seconds");
        app.Clock.Advance(TimeSpan.FromSeconds(30));

        (await app.GetAsync("/api/read", tokens.Text("access_token"))).Status.Should().Be(401);
        (await RefreshAsync(tokens)).Text("error").Should().Be("invalid_grant");
        (await user.IdsAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task A_directory_that_does_not_answer_lets_nobody_in_and_ends_nothing()
    {
        var user = Member("away", "acme");
        var tokens = await user.TokensAsync("web");
        directory.IsAway = true;
        try
        {
            app.Clock.Advance(TimeSpan.FromSeconds(31));
            (await app.GetAsync("/api/read", tokens.Text("access_token"))).Status.Should().Be(503);
            (await RefreshAsync(tokens)).Status.Should().Be(503);
            (await IntrospectAsync(tokens.Text("access_token")!, "machine")).Status.Should().Be(503);
            var page = await user.Browser.GetAsync(TestApp.AuthorizeUrl("web", ("prompt", "consent")));
            page.LocationParameter("error").Should().Be("temporarily_unavailable");
        }
        finally
        {
            directory.IsAway = false;
        }

        (await RefreshAsync(tokens)).Status.Should().Be(200);
    }

    [Test]
    public async Task The_claim_has_the_name_that_the_host_chose()
    {
        await using var own = await TestApp.StartAsync(
            o => o.OrganizationClaim = "tenant",
            parts: server =>
            {
                server.Services.AddSingleton(directory);
                server.AddOrganizations<Organizations>();
            }
        );
        directory.Set("tenant-user", "acme");
        var user = new ConnectedAppsApiTests.Session(own, "tenant-user");
        var tokens = await user.TokensAsync("web");

        Jwt.Part(tokens.Text("access_token")!, 1)["tenant"]!.GetValue<string>().Should().Be("acme");
    }

    [TestCase("scope")]
    [TestCase("")]
    public async Task A_claim_of_the_server_is_no_name_for_it(string name)
    {
        var start = () => TestApp.StartAsync(o => o.OrganizationClaim = name);

        (await start.Should().ThrowAsync<Exception>()).Which.Message.Should().Contain("organizationClaim");
    }

    private ConnectedAppsApiTests.Session Member(string name, params string[] organizations)
    {
        var unique = name + Guid.NewGuid().ToString("N");
        directory.Set(unique, organizations);
        return new(app, unique);
    }

    private static string? Claim(Answer tokens) => Jwt.Part(tokens.Text("access_token")!, 1)["org_id"]?.GetValue<string>();

    private Task<Answer> RefreshAsync(Answer tokens) => app.RefreshAsync("web", tokens.Text("refresh_token")!);

    private Task<Answer> IntrospectAsync(string token, string client) =>
        app.PostAsync("/oauth2/introspect", ("basic", $"{client}:{TestApp.WebSecret}"), ("token", token));

    private sealed class Directory
    {
        private readonly ConcurrentDictionary<string, Organization[]> members = new();

        public bool IsAway { get; set; }

        public void Set(string user, params string[] organizations) =>
            members[user] = [.. organizations.Select(o => new Organization(o, o == "acme" ? "Acme & Co" : o))];

        public Organization[] Of(string user) =>
            IsAway ? throw new InvalidOperationException("The directory is away.") : members.GetValueOrDefault(user, []);
    }

    private sealed class Organizations(Directory directory) : IOrganizations
    {
        public ValueTask<IReadOnlyList<Organization>> ListAsync(string subject, CancellationToken ct) => new(directory.Of(subject));
    }
}
