using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Users who may grant some of what is asked for (<c>pages:chooseScopes</c>, RFC 6749 §3.3).</summary>
internal sealed class ChosenScopeTests
{
    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => app = await TestApp.StartAsync(o => o.Pages.ChooseScopes = true);

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    public async Task Each_scope_has_a_box_and_what_destroys_is_ticked_by_hand()
    {
        var page = await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web", ("scope", "read delete")));
        page.Body.Should().Contain("It will be able to do what you tick");
        page.Body.Should().Contain("<input type=\"checkbox\" name=\"scope\" value=\"read\" checked> ");
        page.Body.Should().Contain("<input type=\"checkbox\" name=\"scope\" value=\"delete\"> ");
        page.Body.Should().NotContain("value=\"write\"");
    }

    [Test, Rfc("6749-3.3-3"), Rfc("6749-3.3-6")]
    public async Task The_token_has_what_was_ticked_and_says_so()
    {
        var browser = app.NewUser();
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web", ("scope", "read write delete")));
        var answer = await AnswerAsync(browser, page, "read", "delete");
        var tokens = await app.RedeemAsync("web", answer.LocationParameter("code")!);
        tokens.Text("scope").Should().Be("read delete");
        (await app.IntrospectAsync(tokens.Text("access_token")!)).Text("scope").Should().Be("read delete");
    }

    [Test]
    public async Task A_scope_that_was_not_requested_cannot_be_ticked()
    {
        var browser = app.NewUser();
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web", ("scope", "read")));
        var tokens = await app.RedeemAsync("web", (await AnswerAsync(browser, page, "read", "delete", "admin")).LocationParameter("code")!);
        (await app.IntrospectAsync(tokens.Text("access_token")!)).Text("scope").Should().Be("read");
    }

    [Test]
    public async Task A_form_answered_again_with_less_does_not_send_the_code_of_more()
    {
        var browser = app.NewUser();
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web", ("scope", "read write")));
        var code = (await AnswerAsync(browser, page, "read", "write")).LocationParameter("code")!;

        var again = await AnswerAsync(browser, page, "read");

        again.ShouldBeErrorPage();
        again.Body.Should().Contain("HQ1079").And.NotContain(code);
    }

    [Test]
    public async Task A_form_without_a_tick_grants_nothing()
    {
        var browser = app.NewBrowser("rosa");
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
        var answer = await AnswerAsync(browser, page);
        (answer.LocationParameter("error"), answer.LocationParameter("state")).Should().Be(("access_denied", "the state"));
        (await app.RowsAsync("rosa")).Should().BeEmpty();
    }

    [Test]
    public async Task A_part_is_remembered_as_that_part()
    {
        var browser = app.NewUser();
        var url = TestApp.AuthorizeUrl("web", ("scope", "read write"));
        await AnswerAsync(browser, await browser.GetAsync(url), "read");
        (await browser.GetAsync(url)).IsConsentPage().Should().BeTrue();
        (await browser.GetAsync(TestApp.AuthorizeUrl("web", ("scope", "read")))).LocationParameter("code").Should().NotBeNull();
    }

    [Test]
    public async Task As_many_boxes_as_a_server_may_have_can_be_ticked()
    {
        string[] names = [.. Enumerable.Range(0, 90).Select(i => $"s{i}")];
        await using var many = await TestApp.StartAsync(o =>
        {
            o.Pages.ChooseScopes = true;
            o.Scopes.Clear();
            foreach (var name in names)
                o.Scopes.Add(new() { Name = name });
        });
        var browser = many.NewUser();
        var all = string.Join(' ', names);

        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web", ("scope", all)));
        var answer = await AnswerAsync(browser, page, names);

        (await many.RedeemAsync("web", answer.LocationParameter("code")!)).Text("scope").Should().Be(all);
    }

    private static Task<Answer> AnswerAsync(Browser browser, Answer page, params string[] ticked) =>
        browser.PostAsync(
            "/oauth2/authorize",
            [.. Browser.HiddenFields(page), ("decision", "approve"), .. ticked.Select(t => ("scope", t))]
        );
}
