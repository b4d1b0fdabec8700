using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>One consent form gives one authorization, however often it is posted.</summary>
internal sealed class OneFormOneCodeTests
{
    private TestApp app = null!;
    private string user = null!;
    private Browser browser = null!;
    private Answer page = null!;

    [SetUp]
    public async Task OpenFormAsync()
    {
        app = await TestApp.StartAsync();
        user = "user-of-" + TestContext.CurrentContext.Test.ID;
        browser = app.NewBrowser(user);
        page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
    }

    [TearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test]
    public async Task Fifty_posts_of_one_form_at_once_give_one_code()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => browser.PressAsync(page, "approve"))));

        answers.Should().OnlyContain(a => a.Status == 303);
        answers.Select(a => a.LocationParameter("code")).Distinct().Should().ContainSingle().Which.Should().StartWith("hqa_");
        (await app.RowsAsync(user)).Should().ContainSingle();
        (await app.RedeemAsync("web", answers[0].LocationParameter("code")!)).Status.Should().Be(200);
    }

    [Test, Rfc("6749-4.1.2-4")]
    public async Task A_form_posted_again_after_its_code_was_redeemed_makes_nothing_and_ends_nothing()
    {
        var code = (await browser.PressAsync(page, "approve")).LocationParameter("code")!;
        var tokens = await app.RedeemAsync("web", code);

        ShouldBeAnswered(await browser.PressAsync(page, "approve"));

        (await app.RowsAsync(user)).Should().ContainSingle();
        (await app.RefreshAsync("web", tokens.Text("refresh_token")!)).Status.Should().Be(200);
    }

    [Test]
    public async Task A_form_posted_again_after_its_code_expired_sends_no_dead_code()
    {
        await browser.PressAsync(page, "approve");
        app.Clock.Advance(TimeSpan.FromMinutes(2));

        ShouldBeAnswered(await browser.PressAsync(page, "approve"));
        (await app.RowsAsync(user)).Should().ContainSingle();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_form_does_not_bring_back_what_was_revoked(bool isRedeemed)
    {
        var code = (await browser.PressAsync(page, "approve")).LocationParameter("code")!;
        if (isRedeemed)
            await app.RedeemAsync("web", code);
        foreach (var row in await app.RowsAsync(user))
            await app.Services.GetRequiredService<IAuthorizationStore>().RemoveAsync(row.Id, CancellationToken.None);

        ShouldBeAnswered(await browser.PressAsync(page, "approve"));

        (await app.RowsAsync(user)).Should().BeEmpty();
        (await app.RedeemAsync("web", code)).ShouldBeError("invalid_grant");
    }

    [Test]
    public async Task A_form_whose_answer_cannot_be_noted_leaves_no_row_and_may_be_answered_again()
    {
        await using var failing = await TestApp.StartAsync(parts: p =>
            p.AddTicketStore<StoreAwayTests.FailingTickets>(ServiceLifetime.Singleton)
        );
        var tickets = (StoreAwayTests.FailingTickets)failing.Services.GetRequiredService<ITicketStore>();
        // Nobody is redirected to a client that anybody may have registered: the user sees what failed.
        var (client, alice) = (await failing.DcrAsync(), failing.NewBrowser(user));
        var form = await alice.GetAsync(TestApp.AuthorizeUrl(client));
        tickets.Failure = new IOException("the ticket store is away");

        (await alice.PressAsync(form, "approve")).ShouldBeErrorPage(503);

        (await failing.RowsAsync(user)).Should().BeEmpty();
        tickets.Failure = null;
        (await alice.PressAsync(form, "approve")).LocationParameter("code").Should().StartWith("hqa_");
        (await failing.RowsAsync(user)).Should().ContainSingle();
    }

    [Test]
    public async Task Two_forms_of_one_request_are_two_answers()
    {
        var second = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
        var codes = new[] { await browser.PressAsync(page, "approve"), await browser.PressAsync(second, "approve") };

        codes.Select(a => a.LocationParameter("code")).Should().OnlyHaveUniqueItems();
        (await app.RowsAsync(user)).Should().HaveCount(2);
    }

    [Test]
    public async Task Another_users_form_gives_no_code_of_its_answer()
    {
        var code = (await browser.PressAsync(page, "approve")).LocationParameter("code")!;
        var mallory = app.NewUser();
        var own = await mallory.GetAsync(TestApp.AuthorizeUrl("web"));
        var stolen = Browser.HiddenFields(page).Single(f => f.Name == "hq_request");

        var answer = await mallory.PostAsync(
            "/oauth2/authorize",
            [.. Browser.HiddenFields(own).Where(f => f.Name != "hq_request"), stolen, ("decision", "approve")]
        );

        ShouldBeAnswered(answer);
        answer.Body.Should().NotContain(code);
    }

    [Test]
    public async Task The_form_does_not_show_its_code()
    {
        var code = (await browser.PressAsync(page, "approve")).LocationParameter("code")!;
        page.Body.Should().NotContain(code[4..36]).And.NotContain(code[37..60]);
    }

    private static void ShouldBeAnswered(Answer answer)
    {
        answer.ShouldBeErrorPage();
        answer.Body.Should().Contain("HQ1079").And.NotContain("hqa_");
    }
}
