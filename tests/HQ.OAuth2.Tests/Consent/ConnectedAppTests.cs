namespace HQ.OAuth2.Tests;

/// <summary>One authorization as its user sees it.</summary>
internal sealed class ConnectedAppTests
{
    private static readonly DateTimeOffset now = TestClock.Start;

    [TestCase(Given.RedirectUri, false, false)]
    [TestCase("", false, true)]
    [TestCase("", true, false)]
    public void Only_an_authorization_without_a_redirect_and_without_a_name_of_its_own_is_a_device(
        string uri,
        bool isPersonal,
        bool isDevice
    )
    {
        var row = Given.Authorization().Row;
        var app = Of(row with { Code = row.Code with { RedirectUri = uri }, Personal = isPersonal ? new("script") : null });

        (app.IsDevice, app.IsPersonalToken).Should().Be((isDevice, isPersonal));
    }

    [TestCase(null, null, null)]
    [TestCase(1, null, 1)]
    [TestCase(1, 5, 5)]
    public void The_last_use_is_the_last_refresh_and_before_it_the_redemption_of_the_code(int? redeemed, int? refreshed, int? used)
    {
        var row = Given.Active().Row;

        Of(row with { Code = row.Code with { RedeemedAt = At(redeemed) }, Refresh = row.Refresh! with { UsedAt = At(refreshed) } })
            .LastUsedAt.Should()
            .Be(At(used));
    }

    [Test]
    public void The_last_use_of_a_personal_token_is_a_day()
    {
        var row = Given.Active().Row with { Personal = new("script", new(2026, 11, 20)) };

        Of(row).LastUsedAt.Should().Be(new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero));
    }

    [TestCase(-1, true)]
    [TestCase(0, false)]
    [TestCase(1, false)]
    public void A_consent_is_remembered_until_its_end(int minute, bool isRemembered)
    {
        var row = Given.Authorization().Row with { Consent = new("app.example.com", now) };

        ConnectedApp
            .Of(row, Given.Client(), new(Given.Options()), now.AddMinutes(minute))
            .RememberedUntil.Should()
            .Be(isRemembered ? now : null);
    }

    private static ConnectedApp Of(OAuthAuthorization row) => ConnectedApp.Of(row, Given.Client(), new(Given.Options()), now);

    private static DateTimeOffset? At(int? minute) => minute is { } m ? now.AddMinutes(m) : null;
}
