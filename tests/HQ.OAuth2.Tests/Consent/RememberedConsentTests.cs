using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class RememberedConsentTests
{
    private static readonly HqOAuth2Options options = Given.Options();

    [TestCase(ClientProvenance.Api, false, "https://app.example.com/cb", true)]
    [TestCase(ClientProvenance.Api, false, "http://127.0.0.1:1/cb", false)]
    [TestCase(ClientProvenance.Api, false, "http://localhost/cb", false)]
    [TestCase(ClientProvenance.Api, false, "com.example.app:/cb", false)]
    [TestCase(ClientProvenance.Api, true, "http://127.0.0.1:1/cb", true)]
    [TestCase(ClientProvenance.Api, true, "com.example.app:/cb", true)]
    [TestCase(ClientProvenance.Dcr, false, "https://app.example.com/cb", false)]
    [TestCase(ClientProvenance.Dcr, true, "https://app.example.com/cb", false)]
    [TestCase(ClientProvenance.Dcr, true, "http://127.0.0.1/cb", false)]
    [TestCase(ClientProvenance.Cimd, false, "https://app.example.com/cb", false)]
    [Rfc("8252-8.6-1"), Rfc("21-2.4-1")]
    public void Only_a_client_the_host_vouches_for_on_a_redirect_nobody_else_can_take_is_remembered(
        ClientProvenance provenance,
        bool trusted,
        string uri,
        bool remembered
    )
    {
        var client = Given.Client() with { Provenance = provenance, Trusted = trusted };

        RememberedConsent.MayBeUsed(client, uri, options).Should().Be(remembered);
        RememberedConsent.Covers(Given.Request(client, uri), Consented(uri, client), options, TestClock.Start).Should().Be(remembered);
    }

    [Test, Rfc("8252-8.5-1"), Rfc("6749-2.3-1")]
    public void A_secret_changes_nothing_for_a_native_redirect()
    {
        var client = Given.Client(type: ClientType.Confidential) with { Secrets = [new() { Hash = "h" }] };

        RememberedConsent.MayBeUsed(client, "http://127.0.0.1/cb", options).Should().BeFalse();
        RememberedConsent.MayBeUsed(client with { Provenance = ClientProvenance.Dcr }, Given.RedirectUri, options).Should().BeFalse();
    }

    [Test]
    public void A_consent_covers_the_same_or_less()
    {
        var given = Consented(Given.RedirectUri);

        Covers(Given.Request(), given).Should().BeTrue();
        Covers(Given.Request(scope: "write read"), given).Should().BeTrue();
        Covers(Given.Request(scope: "read delete"), given).Should().BeFalse();
        Covers(Given.Request(resources: ["https://auth.example.com", "https://auth.example.com/b"]), given).Should().BeFalse();
        Covers(Given.Request(redirectUri: "https://app.example.com/other"), given).Should().BeTrue();
        Covers(Given.Request(redirectUri: "https://app.example.com:8443/cb"), given).Should().BeFalse();
        Covers(Given.Request(redirectUri: "https://other.example/cb"), given).Should().BeFalse();
    }

    [Test]
    public void A_consent_lasts_as_long_as_it_says_and_for_one_registration()
    {
        var given = Consented(Given.RedirectUri);
        var until = given.Consent!.Until;

        RememberedConsent.Covers(Given.Request(), given, options, until.AddTicks(-1)).Should().BeTrue();
        RememberedConsent.Covers(Given.Request(), given, options, until).Should().BeFalse();
        Covers(Given.Request(Given.Client() with { CreatedAt = TestClock.Start }), given).Should().BeFalse();
        Covers(Given.Request(Given.Client("other")), given).Should().BeFalse();
    }

    [Test]
    public void Two_half_consents_make_no_whole_one_and_a_row_without_consent_makes_none()
    {
        var given = Consented(Given.RedirectUri);
        var request = Given.Request(scope: "read write");

        Covers(request, given with { Scope = ScopeSet.Of("read") }).Should().BeFalse();
        Covers(request, given with { Scope = ScopeSet.Of("write") }).Should().BeFalse();
        RememberedConsent.Covers(request, given, options, TestClock.Start).Should().BeTrue();
        RememberedConsent.Covers(request, given with { Consent = null }, options, TestClock.Start).Should().BeFalse();
    }

    [TestCase(null, null, true)]
    [TestCase(null, "acme", false)]
    [TestCase("", null, true)]
    [TestCase("", "acme", false)]
    [TestCase("acme", "acme", true)]
    [TestCase("acme", null, false)]
    [TestCase("acme other", "other", true)]
    [TestCase("other", "acme", false)]
    public void A_consent_is_for_an_organization_of_the_user_or_for_none_of_a_user_who_has_none(
        string? own,
        string? organization,
        bool isForOne
    )
    {
        Organization[]? organizations = own is null
            ? null
            : [.. own.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => new Organization(id, id))];

        RememberedConsent
            .IsForOneOf(organizations, Consented(Given.RedirectUri) with { Organization = organization })
            .Should()
            .Be(isForOne);
    }

    private static bool Covers(AuthorizationRequest request, OAuthAuthorization given) =>
        RememberedConsent.Covers(request, given, options, TestClock.Start);

    private static OAuthAuthorization Consented(string uri, Client? client = null) =>
        Given.Authorization(client).Row with
        {
            Consent = new(UriText.DisplayHost(uri), TestClock.Start.AddDays(90)),
        };
}
