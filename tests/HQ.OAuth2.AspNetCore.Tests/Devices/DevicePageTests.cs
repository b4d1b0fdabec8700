using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The page for the code of a device (RFC 8628 §3.3, §5.1, §5.4, §6.1).</summary>
internal sealed class DevicePageTests
{
    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => app = await TestApp.StartAsync(DeviceSupport.Options);

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test, Rfc("8628-3.3-1")]
    public async Task A_stranger_signs_in_first_and_comes_back_with_the_code()
    {
        var device = await app.DeviceAsync();
        var stranger = app.NewBrowser(user: null);

        (await stranger.GetAsync("/oauth2/device")).ReturnUrl().Should().Be("/oauth2/device");
        (await stranger.GetAsync(device.Page)).ReturnUrl().Should().Be(device.Page);
        (await stranger.GetAsync("/oauth2/device?user_code=https://evil.example")).ReturnUrl().Should().Be("/oauth2/device");
        (await stranger.PostAsync("/oauth2/device", ("user_code", device.UserCode), ("decision", "approve")))
            .ReturnUrl()
            .Should()
            .Be(device.Page);
        (await app.PollNowAsync(device)).ShouldBeError("authorization_pending");
    }

    [Test, Rfc("8628-3.3-1")]
    public async Task The_page_has_one_field_for_the_code_and_answers_a_wrong_one_without_detail()
    {
        var browser = app.NewUser();
        var page = await browser.GetAsync("/oauth2/device");
        (page.Status, page.IsEntryPage()).Should().Be((200, true));
        page.Heading().Should().Be("Sign in on a device");
        page.Header("X-Frame-Options").Should().Be("DENY");
        page.Body.Should().NotContain("<script").And.NotContain("role=\"alert\"");
        var answered = await app.DeviceAsync();
        await browser.AnswerAsync(answered, "deny");

        foreach (
            var wrong in new[] { "BCDF-GHJK", "short", "AAAA-AAAA", "<script>alert(1)</script>", answered.UserCode, new string('B', 5000) }
        )
        {
            var again = await browser.GetAsync("/oauth2/device?user_code=" + Uri.EscapeDataString(wrong));
            (again.Status, again.IsEntryPage()).Should().Be((400, true), wrong);
            again.Body.Should().Contain("No device waits with this code.").And.NotContain(wrong);
        }
    }

    [Test, Rfc("8628-6.1-1")]
    public async Task A_code_is_read_as_people_type_it()
    {
        var device = await app.DeviceAsync();
        var (one, two) = (device.UserCode[..4], device.UserCode[5..]);
        foreach (
            var typed in new[] { device.UserCode, (one + two).ToLowerInvariant(), $"{one} {two}", $" {one}\u2013{two}. ", $"{one}-{two}" }
        )
            (await app.NewUser().GetAsync("/oauth2/device?user_code=" + Uri.EscapeDataString(typed)))
                .IsConsentPage()
                .Should()
                .BeTrue(typed);
    }

    [Test, Rfc("8628-3.3.1-1"), Rfc("8628-3.3-2"), Rfc("8628-5.4-1")]
    public async Task The_page_says_what_is_asked_shows_the_code_warns_and_allows_nothing_by_itself()
    {
        var device = await app.DeviceAsync();
        var page = await app.NewUser().GetAsync(device.Page);

        page.IsConsentPage().Should().BeTrue(page.Body);
        page.Heading().Should().Be("Allow tv to use your auth.example.com account?");
        page.Body.Should()
            .ContainAll(
                device.UserCode,
                "A device that shows this code. Compare it:",
                "Allow this only if you see this code on a device in front of you.",
                "Read your notes",
                "Write notes",
                "value=\"approve\""
            );
        page.Header("Content-Security-Policy").Should().Contain("frame-ancestors 'none'");
        page.Header("Cache-Control").Should().Contain("no-store");
        (await app.PollNowAsync(device)).ShouldBeError("authorization_pending");
    }

    [Test, Rfc("8628-3.3-2"), Rfc("8628-3.5-3")]
    public async Task A_refusal_is_said_to_the_user_and_to_the_device()
    {
        var device = await app.DeviceAsync();
        var browser = app.NewUser();
        var page = await browser.GetAsync(device.Page);

        var denied = await browser.PressOnDeviceAsync(page, "deny");
        denied.Status.Should().Be(200);
        denied.Heading().Should().Be("Nothing was allowed");
        (await app.PollAsync(device)).ShouldBeError("access_denied");
        (await app.PollAsync(device)).ShouldBeError("access_denied");
        // The same page cannot be answered otherwise afterwards.
        (await browser.PressOnDeviceAsync(page, "approve"))
            .Body.Should()
            .Contain("HQ1079");
        (await browser.PressOnDeviceAsync(page, "deny")).Heading().Should().Be("Nothing was allowed");
        (await app.PollAsync(device)).ShouldBeError("access_denied");
    }

    [Test]
    public async Task An_answer_counts_from_our_page_in_the_session_of_its_user_only()
    {
        var device = await app.DeviceAsync();
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var page = await alice.GetAsync(device.Page);
        var fields = Browser.HiddenFields(page);

        foreach (
            var forged in new[]
            {
                await alice.PostAsync("/oauth2/device", ("user_code", device.UserCode), ("decision", "approve")),
                await alice.PostAsync("/oauth2/device", [.. fields.Where(f => f.Name != "hq_subject"), ("decision", "approve")]),
                await bob.PostAsync("/oauth2/device", [.. fields, ("decision", "approve")]),
            }
        )
        {
            forged.ShouldBeErrorPage();
            forged.Body.Should().Contain("HQ1035");
        }

        (await alice.GetAsync($"{device.Page}&decision=approve")).IsConsentPage().Should().BeTrue("a link answers nothing");
        (await app.PollNowAsync(device)).ShouldBeError("authorization_pending");
    }

    [Test]
    public async Task Another_account_may_be_taken_and_the_code_stays()
    {
        var device = await app.DeviceAsync();
        var browser = app.NewUser();

        (await browser.AnswerAsync(device, "switch_account")).ReturnUrl().Should().Be(device.Page);
    }

    [Test, Rfc("8628-5.1-1")]
    public async Task Wrong_codes_are_limited_for_a_user_and_for_an_address()
    {
        await using var limited = await TestApp.StartAsync(o =>
        {
            DeviceSupport.Options(o);
            o.Limits.WrongUserCodes = 5;
        });
        var device = await limited.DeviceAsync();
        var guesser = limited.NewUser();
        // A right code, however often, is no guess.
        for (var i = 0; i < 10; i++)
            (await guesser.GetAsync(device.Page)).IsConsentPage().Should().BeTrue();
        for (var i = 0; i < 5; i++)
            (await GuessAsync(guesser)).Status.Should().Be(400);

        var locked = await GuessAsync(guesser);
        (locked.Status, locked.Header("Retry-After"), locked.IsEntryPage()).Should().Be((429, "60", true));
        (await guesser.GetAsync(device.Page)).Status.Should().Be(429, "the right code is not told from a wrong one");
        (await limited.NewUser().GetAsync(device.Page)).IsConsentPage().Should().BeTrue("others are not locked");

        // With three more accounts the address is locked too.
        for (var i = 0; i < 15; i++)
            (await GuessAsync(limited.NewUser())).Status.Should().Be(400);
        (await limited.NewUser().GetAsync(device.Page)).Status.Should().Be(429);

        limited.Clock.Advance(TimeSpan.FromMinutes(10));
        (await guesser.GetAsync((await limited.DeviceAsync()).Page)).IsConsentPage().Should().BeTrue();

        static Task<Answer> GuessAsync(Browser browser) => browser.GetAsync("/oauth2/device?user_code=BCDF-GHJK");
    }

    [Test]
    public async Task What_the_user_ticks_and_the_organization_go_to_the_device()
    {
        await using var host = await TestApp.StartAsync(
            o =>
            {
                DeviceSupport.Options(o);
                o.Pages.ChooseScopes = true;
            },
            s => s.AddOrganizations<TwoOrganizations>()
        );
        var device = await host.DeviceAsync();
        var browser = host.NewUser();
        var page = await browser.GetAsync(device.Page);
        page.Body.Should().Contain("value=\"globex\" required");

        (await browser.PressOnDeviceAsync(page, "approve", ("scope", "read"))).Body.Should().Contain("HQ1083");
        (await host.PollAsync(device)).ShouldBeError("authorization_pending");
        (await browser.PressOnDeviceAsync(page, "approve", ("scope", "read"), ("organization", "globex")))
            .Heading()
            .Should()
            .Be("Go back to your device");
        var tokens = await host.PollAsync(device);

        tokens.Text("scope").Should().Be("read");
        (await host.IntrospectAsync(tokens.AccessToken())).Text("org_id").Should().Be("globex");
    }

    [Test]
    public async Task A_user_who_ticks_nothing_refuses()
    {
        await using var host = await TestApp.StartAsync(o =>
        {
            DeviceSupport.Options(o);
            o.Pages.ChooseScopes = true;
        });
        var device = await host.DeviceAsync();

        (await host.NewUser().AnswerAsync(device)).Heading().Should().Be("Nothing was allowed");
        (await host.PollAsync(device)).ShouldBeError("access_denied");
    }

    private sealed class TwoOrganizations : IOrganizations
    {
        public ValueTask<IReadOnlyList<Organization>> ListAsync(string subject, CancellationToken ct) =>
            new([new("acme", "Acme"), new("globex", "Globex")]);
    }
}
