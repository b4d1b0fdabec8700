namespace HQ.OAuth2;

internal sealed class ServerSettingsTests
{
    [TestCase(null, false)]
    [TestCase(false, false)]
    [TestCase(true, true)]
    public void Errors_are_explained_only_if_the_host_says_so(bool? explain, bool explains) =>
        new ServerSettings(Given.Options(o => (o.ExplainErrors, o.ErrorURI) = (explain, "https://docs.example/")))
            .ErrorDetail.Should()
            .Be(new ErrorDetail(explains, "https://docs.example/"));

    [TestCase(false, SecurityProfile.None, false)]
    [TestCase(true, SecurityProfile.None, true)]
    [TestCase(false, SecurityProfile.Fapi2, true)]
    [TestCase(true, SecurityProfile.Fapi2, true)]
    public void Requests_must_be_pushed_by_the_setting_or_by_the_profile(bool setting, SecurityProfile profile, bool required) =>
        new ServerSettings(Given.Options(o => (o.RequirePushedAuthorizationRequests, o.Profile) = (setting, profile)))
            .RequiresPushedRequests.Should()
            .Be(required);

    [Test]
    public void The_strict_profile_leaves_out_RS256_of_the_algorithms_of_clients()
    {
        new ServerSettings(Given.Options()).ClientAlgorithms.Should().Equal(PublicJwk.Verified).And.Contain("RS256");
        new ServerSettings(Given.Options(o => o.Profile = SecurityProfile.Fapi2))
            .ClientAlgorithms.Should()
            .Equal(PublicJwk.Verified.Where(a => a != "RS256"));
    }

    [TestCase(null, "auth.example.com")]
    [TestCase("Acme", "Acme")]
    public void The_service_has_the_name_of_its_setting_or_that_of_its_host(string? name, string shown) =>
        new ServerSettings(Given.Options(o => o.Pages.ServiceName = name)).ServiceName.Should().Be(shown);
}
