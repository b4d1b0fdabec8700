using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The device code grant (RFC 8628 §3.4, §3.5).</summary>
internal sealed class DeviceGrantTests
{
    private TestApp app = null!;

    [SetUp]
    public async Task StartAsync() => app = await TestApp.StartAsync(DeviceSupport.Options);

    [TearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test, Rfc("8628-3.5-1"), Rfc("8628-3.5-5"), Rfc("8628-3.4-1")]
    public async Task A_device_waits_gets_its_tokens_once_and_they_are_like_any_others()
    {
        var device = await app.DeviceAsync();
        (await app.PollNowAsync(device)).ShouldBeError("authorization_pending");
        (await app.PollAsync(device)).ShouldBeError("authorization_pending");
        (await app.NewBrowser().AnswerAsync(device)).Heading().Should().Be("Go back to your device");

        var tokens = await app.PollAsync(device);

        tokens.Status.Should().Be(200, tokens.Body);
        tokens.Text("scope").Should().Be("read write");
        (await app.GetAsync("/api/read", tokens.AccessToken())).Body.Should().Be("alice");
        var refreshed = await app.RefreshAsync("tv", tokens.RefreshToken());
        refreshed.Status.Should().Be(200, refreshed.Body);

        // A second use is a replay, as that of an authorization code: it ends what the first one got.
        (await app.PollAsync(device)).ShouldBeError("invalid_grant");
        (await app.IsActiveAsync(refreshed.AccessToken())).Should().BeFalse();
        (await app.RefreshAsync("tv", refreshed.RefreshToken())).ShouldBeError("invalid_grant");
        (await app.PollAsync(device)).ShouldBeError("invalid_grant");
    }

    [Test, Rfc("8628-3.4-1")]
    public async Task Only_the_client_that_asked_gets_anything_of_it()
    {
        var device = await app.DeviceAsync("box");
        await app.NewUser().AnswerAsync(device);

        (await app.PollAsync(device, "tv")).ShouldBeError("invalid_grant");
        (await app.PostAsync(BackChannel.Token, ("grant_type", DeviceSupport.Grant), ("device_code", device.DeviceCode))).ShouldBeError(
            "invalid_client",
            401
        );
        (
            await app.PostAsync(
                BackChannel.Token,
                ("grant_type", DeviceSupport.Grant),
                ("device_code", device.DeviceCode),
                ("client_id", "box")
            )
        ).ShouldBeError("invalid_client", 401);
        (await app.PostAsync(BackChannel.Token, ("grant_type", DeviceSupport.Grant), ("client_id", "tv"))).ShouldBeError("invalid_request");
        (
            await app.PostAsync(
                BackChannel.Token,
                ("grant_type", DeviceSupport.Grant),
                ("device_code", device.DeviceCode),
                ("client_id", "spa")
            )
        ).ShouldBeError("unauthorized_client");
        var tokens = await app.PollAsync(device, "box");
        tokens.Status.Should().Be(200, "who is not the client spent nothing");
        tokens.Body.Should().NotContain("refresh_token", "the client is not registered for refresh tokens");
    }

    [Test, Rfc("8628-3.4-1")]
    public async Task A_code_that_is_not_ours_is_refused()
    {
        var device = await app.DeviceAsync();
        await app.NewUser().AnswerAsync(device);
        var code = DeviceCode.TryParse(device.DeviceCode, out var parsed) ? parsed : throw new InvalidOperationException();
        var authorizationCode = await app.CodeAsync("spa");
        string[] wrong =
        [
            "garbage",
            device.DeviceCode[..^1],
            device.DeviceCode + "A",
            device.UserCode,
            authorizationCode,
            // Well-formed, with another secret, another id and another user code.
            new DeviceCode(AuthorizationCode.New(code.Code.Id), code.UserCode).ToWire(),
            new DeviceCode(code.Code with { Id = new('0', 32) }, code.UserCode).ToWire().Replace("hqd_", "hqa_", StringComparison.Ordinal),
            new DeviceCode(code.Code, UserCode.New()) is var other
                ? new DeviceCode(AuthorizationCode.New(code.Code.Id), other.UserCode).ToWire()
                : "",
        ];

        foreach (var text in wrong)
            (await app.PollNowAsync(device with { DeviceCode = text })).ShouldBeError("invalid_grant");
        (await app.PollNowAsync(device)).Status.Should().Be(200, "nothing was spent");
    }

    [Test]
    public async Task A_device_code_is_no_authorization_code_and_the_other_way_round()
    {
        await app.AddClientAsync(
            new()
            {
                ClientId = "both",
                Type = ClientType.Public,
                TokenEndpointAuthMethod = "none",
                RedirectUris = [TestApp.RedirectUri],
                GrantTypes = ["authorization_code", DeviceSupport.Grant],
            }
        );
        var device = await app.DeviceAsync("both");
        await app.NewUser().AnswerAsync(device);
        DeviceCode.TryParse(device.DeviceCode, out var code).Should().BeTrue();
        AuthorizationCode.TryParse(await app.CodeAsync("both"), out var other).Should().BeTrue();

        (
            await app.PostAsync(
                BackChannel.Token,
                ("grant_type", "authorization_code"),
                ("code", code.Code.ToWire()),
                ("client_id", "both")
            )
        ).ShouldBeError("invalid_grant");
        (await app.PollNowAsync(new(new DeviceCode(other, UserCode.New()).ToWire(), "", device.Answer), "both")).ShouldBeError(
            "invalid_grant"
        );
        (await app.PollNowAsync(device, "both")).Status.Should().Be(200);
        (await app.RedeemAsync("both", other.ToWire())).Status.Should().Be(200);
    }

    [Test, Rfc("8628-3.5-2")]
    public async Task A_device_that_polls_too_fast_is_slowed_down_by_five_seconds_each_time()
    {
        var device = await app.DeviceAsync();
        (await app.PollNowAsync(device)).ShouldBeError("authorization_pending");

        await AfterAsync(1, "slow_down");
        await AfterAsync(10, "authorization_pending");
        await AfterAsync(6, "slow_down");
        await AfterAsync(12, "slow_down");
        await AfterAsync(20, "authorization_pending");
        // Another device is not meant.
        var other = await app.DeviceAsync();
        (await app.PollNowAsync(other)).ShouldBeError("authorization_pending");

        async Task AfterAsync(int seconds, string error)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(seconds));
            (await app.PollNowAsync(device)).ShouldBeError(error);
        }
    }

    [Test, Rfc("8628-3.5-2")]
    public async Task A_poll_that_comes_too_fast_spends_nothing()
    {
        var device = await app.DeviceAsync();
        (await app.PollNowAsync(device)).ShouldBeError("authorization_pending");
        await app.NewUser().AnswerAsync(device);

        (await app.PollNowAsync(device)).ShouldBeError("slow_down");
        app.Clock.Advance(TimeSpan.FromSeconds(10));
        (await app.PollNowAsync(device)).Status.Should().Be(200);
        (await app.PollNowAsync(device)).ShouldBeError("slow_down");
    }

    [Test, Rfc("8628-3.5-4")]
    public async Task After_its_time_device_and_user_are_told_so()
    {
        var device = await app.DeviceAsync();
        var browser = app.NewUser();
        var page = await browser.GetAsync(device.Page);
        app.Clock.Advance(TimeSpan.FromMinutes(10));

        (await app.PollNowAsync(device)).ShouldBeError("expired_token");
        (await browser.GetAsync(device.Page)).Status.Should().Be(400);
        (await browser.PressOnDeviceAsync(page, "approve")).IsEntryPage().Should().BeTrue();
        app.Clock.Advance(TimeSpan.FromDays(1));
        (await app.PollNowAsync(device)).ShouldBeError("expired_token");
    }

    [Test, Rfc("8628-3.5-4")]
    public async Task A_user_who_answers_at_the_last_moment_lets_the_device_in_and_later_it_is_too_late()
    {
        var (soon, late) = (await app.DeviceAsync(), await app.DeviceAsync());
        app.Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        await app.NewUser().AnswerAsync(soon);
        await app.NewUser().AnswerAsync(late);

        (await app.PollAsync(soon)).Status.Should().Be(200);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        (await app.PollNowAsync(late)).ShouldBeError("expired_token");
        (await app.PollNowAsync(soon)).ShouldBeError("invalid_grant");
        (await app.RowsAsync(null, "tv")).Should().ContainSingle("the replay ended the other");
    }

    [Test]
    public async Task A_user_sees_the_device_among_the_connected_apps_and_removes_it()
    {
        var device = await app.DeviceAsync();
        var browser = app.NewBrowser("carol");
        await browser.AnswerAsync(device);
        var tokens = await app.PollAsync(device);

        var page = await browser.GetAsync("/oauth2/connected-apps");
        page.Body.Should().Contain("Devices that you signed in on by a code").And.Contain("<bdi>tv</bdi>");
        var item = (await browser.GetAsync("/api/v0/users/me/oauth2/authorizations")).Json.GetProperty("items")[0];
        (item.GetProperty("is_device").GetBoolean(), item.GetProperty("redirect_host").GetString()).Should().Be((true, ""));
        (await browser.PostAsync("/oauth2/connected-apps", [.. Browser.HiddenFields(page).Take(1), ("all", "yes")]))
            .Status.Should()
            .Be(303);

        (await app.IsActiveAsync(tokens.AccessToken())).Should().BeFalse();
    }

    [Test]
    public async Task What_a_user_takes_back_before_the_device_polls_stays_taken_back()
    {
        var device = await app.DeviceAsync();
        var browser = app.NewBrowser("dave");
        var page = await browser.GetAsync(device.Page);
        await browser.PressOnDeviceAsync(page, "approve");
        var row = (await app.RowsAsync("dave")).Single();
        await app.RevokeAllOfAsync("dave");

        (await app.PollAsync(device)).ShouldBeError("invalid_grant");
        (await browser.PressOnDeviceAsync(page, "approve")).Body.Should().Contain("HQ1079");
        (await app.PollAsync(device)).ShouldBeError("invalid_grant");
        (await app.RowsAsync("dave")).Should().BeEmpty();
        row.Id.Should().NotBeEmpty();
    }

    [Test]
    public async Task A_consent_for_a_device_is_never_remembered()
    {
        await app.AddClientAsync(
            new()
            {
                ClientId = "trusted",
                Type = ClientType.Public,
                TokenEndpointAuthMethod = "none",
                Trusted = true,
                RedirectUris = [TestApp.RedirectUri],
                GrantTypes = ["authorization_code", DeviceSupport.Grant],
            }
        );
        var browser = app.NewUser();
        await browser.AnswerAsync(await app.DeviceAsync("trusted"));
        OAuthAuthorization.FromRecord((await app.RowsAsync(null, "trusted")).Single()).Consent.Should().BeNull();

        (await browser.GetAsync((await app.DeviceAsync("trusted")).Page)).IsConsentPage().Should().BeTrue();
        (await browser.GetAsync(TestApp.AuthorizeUrl("trusted"))).IsConsentPage().Should().BeTrue();
    }

    [Test]
    public async Task A_device_gets_a_token_for_the_resource_that_it_asked_for()
    {
        var device = await app.DeviceAsync("tv", ("scope", "read"), ("resource", "https://auth.example.com/mcp"));
        (await app.NewUser().AnswerAsync(device)).Status.Should().Be(200);

        (await app.PollAsync(device, "tv", ("resource", "https://auth.example.com/other"))).ShouldBeError("invalid_target");
        var tokens = await app.PollAsync(device);
        (await app.IntrospectAsync(tokens.AccessToken())).Text("aud").Should().Be("https://auth.example.com/mcp");
    }

    [Test]
    public async Task A_client_that_is_gone_gets_nothing()
    {
        await app.AddClientAsync(
            new()
            {
                ClientId = "gone",
                Type = ClientType.Public,
                TokenEndpointAuthMethod = "none",
                GrantTypes = [DeviceSupport.Grant],
            }
        );
        var device = await app.DeviceAsync("gone");
        await app.RemoveClientAsync("gone");

        (await app.NewUser().GetAsync(device.Page)).IsConsentPage().Should().BeFalse();
        (await app.PollNowAsync(device, "gone")).ShouldBeError("invalid_client", 401);
    }

    [Test]
    public async Task Neither_code_is_in_the_log_and_a_waiting_device_does_not_fill_it()
    {
        var device = await app.DeviceAsync();
        for (var i = 0; i < 5; i++)
            (await app.PollAsync(device)).ShouldBeError("authorization_pending");
        await app.NewUser().AnswerAsync(device);
        (await app.PollAsync(device)).Status.Should().Be(200);

        var ours = app.Logs.Lines.Where(l => l.Contains(" HQ.OAuth2", StringComparison.Ordinal)).ToList();
        ours.Should().NotContain(l => l.Contains(device.DeviceCode, StringComparison.Ordinal));
        ours.Should().NotContain(l => l.Contains(device.UserCode, StringComparison.Ordinal));
        ours.Should().NotContain(l => l.Contains("authorization_pending", StringComparison.Ordinal));
        ours.Should().ContainSingle(l => l.Contains("by urn:ietf:params:oauth:grant-type:device_code", StringComparison.Ordinal));
        ours.Should().ContainSingle(l => l.Contains("granted by", StringComparison.Ordinal));
    }
}
