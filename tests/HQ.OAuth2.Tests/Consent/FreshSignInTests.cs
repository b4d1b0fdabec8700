using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class FreshSignInTests
{
    private static readonly DateTimeOffset now = TestClock.Start;

    [TestCase(null, null, true)]
    [TestCase(-1, null, true)]
    [TestCase(0, null, true)]
    [TestCase(null, -60, false)]
    [TestCase(-61, -60, true)]
    [TestCase(-60, -60, false)]
    [TestCase(-1, -60, false)]
    public void A_new_sign_in_is_one_since_the_host_was_asked(int? signedIn, int? asked, bool isNeeded) =>
        FreshSignIn.IsNeeded(Given.Request(signInAgain: true), At(signedIn), At(signedIn), At(asked), now).Should().Be(isNeeded);

    [TestCase(60, -60, null, false)]
    [TestCase(60, -61, null, true)]
    [TestCase(0, -1, null, true)]
    [TestCase(60, null, null, true)]
    [TestCase(60, null, -5, false)]
    [TestCase(0, -1, -5, false)]
    [TestCase(60, -61, -5, true)]
    public void A_sign_in_is_too_old_after_max_age(int maxAge, int? signedIn, int? asked, bool isNeeded) =>
        FreshSignIn
            .IsNeeded(Given.Request(maxAge: TimeSpan.FromSeconds(maxAge)), At(signedIn), At(signedIn), At(asked), now)
            .Should()
            .Be(isNeeded);

    // The password was given an hour ago at an identity provider.
    [TestCase(null, -60, true)]
    [TestCase(-10, null, true)]
    [TestCase(-61, -60, true)]
    [TestCase(-60, -60, false)]
    [TestCase(-1, -60, false)]
    public void A_chosen_account_needs_a_session_since_the_host_was_asked_and_no_new_password(int? session, int? asked, bool isNeeded)
    {
        var hourAgo = now.AddHours(-1);
        bool IsNeeded(bool isChosen, int? maxAge = null) =>
            FreshSignIn.IsNeeded(
                Given.Request(signInAgain: true, wantsAccountChosen: isChosen, maxAge: maxAge is { } s ? TimeSpan.FromSeconds(s) : null),
                hourAgo,
                session is null ? now.AddHours(-1) : At(session),
                At(asked),
                now
            );
        IsNeeded(isChosen: true).Should().Be(isNeeded);
        IsNeeded(isChosen: true, maxAge: 3600).Should().Be(isNeeded);
        IsNeeded(isChosen: true, maxAge: 3599).Should().BeTrue();
        IsNeeded(isChosen: false).Should().BeTrue();
    }

    [TestCase("login", "login")]
    [TestCase("select_account", "select_account")]
    [TestCase("consent select_account", "select_account")]
    [TestCase("select_account login", "login")]
    [TestCase("consent", null)]
    public void A_sign_in_page_is_told_the_strictest_prompt(string prompt, string? told) =>
        FreshSignIn
            .PromptOf(OAuthParameters.Parse(System.Text.Encoding.UTF8.GetBytes("prompt=" + prompt.Replace(' ', '+'))).Value)
            .Should()
            .Be(told);

    [TestCase(null, null, false)]
    [TestCase("consent", null, false)]
    [TestCase("login", null, true)]
    [TestCase("select_account", null, true)]
    [TestCase(null, "0", true)]
    [TestCase("consent", "60", true)]
    public void A_request_mentions_the_sign_in_by_its_prompt_or_by_max_age(string? prompt, string? maxAge, bool mentions) =>
        FreshSignIn.IsMentioned(Sent(prompt, maxAge)).Should().Be(mentions);

    [TestCase(null, null)]
    [TestCase("", null)]
    [TestCase("soon", null)]
    [TestCase("0", 0)]
    [TestCase("60", 60)]
    public void A_sign_in_page_is_told_a_max_age_that_can_be_read(string? sent, int? seconds) =>
        FreshSignIn.MaxAgeOf(Sent(null, sent)).Should().Be(seconds is { } s ? TimeSpan.FromSeconds(s) : null);

    [TestCase(null, "")]
    [TestCase(" ", "")]
    [TestCase("login", "login")]
    [TestCase(" login  consent ", "login,consent")]
    public void A_prompt_is_a_list_of_words(string? sent, string words) =>
        string.Join(',', FreshSignIn.Prompt(Sent(sent, null))).Should().Be(words);

    [Test]
    public void A_request_that_says_nothing_takes_any_sign_in() =>
        FreshSignIn.IsNeeded(Given.Request(), null, null, null, now).Should().BeFalse();

    [TestCase("0", true)]
    [TestCase("3600", true)]
    [TestCase("999999999999999999", true)]
    [TestCase("9999999999999999999", false)]
    [TestCase("-1", false)]
    [TestCase("+1", false)]
    [TestCase("1.5", false)]
    [TestCase(" 1", false)]
    [TestCase("1e3", false)]
    [TestCase("\u0663", false)]
    [TestCase("", false)]
    public void A_max_age_is_whole_seconds(string text, bool isRead) => FreshSignIn.TryReadMaxAge(text, out _).Should().Be(isRead);

    private static OAuthParameters Sent(string? prompt, string? maxAge)
    {
        var sent = new List<(string, string)>();
        if (prompt is not null)
            sent.Add(("prompt", prompt));
        if (maxAge is not null)
            sent.Add(("max_age", maxAge));
        return OAuthParameters.Of([.. sent]);
    }

    private static DateTimeOffset? At(int? seconds) => seconds is { } s ? now.AddSeconds(s) : null;
}
