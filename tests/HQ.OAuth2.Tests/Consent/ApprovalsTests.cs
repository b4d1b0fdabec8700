namespace HQ.OAuth2.Tests;

/// <summary>Which approvals are remembered as a consent.</summary>
internal sealed class ApprovalsTests
{
    [TestCase(true, Given.RedirectUri, true)]
    [TestCase(false, Given.RedirectUri, false)]
    [TestCase(true, "http://127.0.0.1/cb", false)]
    public async Task An_answer_on_a_page_is_remembered_and_a_remembered_one_is_not_remembered_anew(
        bool asked,
        string uri,
        bool isRemembered
    )
    {
        await using var host = new CoreHost(clock: new TestClock());

        var code = await host.WithAsync(
            (Approvals approvals) => approvals.ApproveAsync(Given.Request(redirectUri: uri), Approval(asked), default)
        );

        var consent = (await RowAsync(host, code.Value.Id)).Consent;
        if (isRemembered)
            consent.Should().Be(new ConsentFact("app.example.com", TestClock.Start.AddDays(90)));
        else
            consent.Should().BeNull();
    }

    [Test]
    public async Task The_answer_to_a_device_is_not_remembered_even_of_a_client_that_the_host_trusts()
    {
        await using var host = new CoreHost(clock: new TestClock());
        var id = OAuthAuthorization.NewId(TestClock.Start);
        var request = new AuthorizationRequest
        {
            Client = Given.Client() with { Trusted = true },
            Scope = ScopeSet.Of("read"),
            Resources = ["https://auth.example.com"],
            Device = new(id, IssuedText.Hash(IssuedText.NewSecret()), "BCDF-GHJK", TestClock.Start.AddMinutes(10)),
        };

        var granted = await host.WithAsync(
            (Approvals approvals) => approvals.ApproveDeviceAsync(request, Approval(asked: true), _ => new((OAuthError?)null), default)
        );

        granted.Value.Should().Equal("read");
        (await RowAsync(host, id)).Consent.Should().BeNull();
    }

    private static Approval Approval(bool asked) =>
        new()
        {
            Subject = "alice",
            User = new(),
            Organization = null,
            Granted = null,
            Asked = asked,
            FormCode = null,
            SignedInAt = null,
        };

    private static async Task<OAuthAuthorization> RowAsync(CoreHost host, string id) =>
        OAuthAuthorization.FromRecord((await host.Get<IAuthorizationStore>().FindAsync(id, default))!);
}
