namespace HQ.OAuth2;

/// <summary>What an administrator may decide of a client.</summary>
internal sealed class ClientSettingsTests
{
    private static IEnumerable<TestCaseData> Unsuitable()
    {
        const string trusted = "trusted: a client that registered itself cannot be trusted";
        const string introspects = "introspects: a client that registered itself cannot introspect";
        const string org = "org: must be up to 800 characters without control characters";
        const string resources = "introspects: must be absolute URIs without fragment, or *";
        foreach (var self in new[] { ClientProvenance.Dcr, ClientProvenance.Cimd })
        {
            yield return Case(trusted, self, new() { Trusted = true });
            yield return Case(introspects, self, new() { Introspects = ["*"] });
        }

        yield return Case(org, ClientProvenance.Api, new() { Org = new string('o', 801) });
        yield return Case(org, ClientProvenance.Api, new() { Org = "acme\0" });
        yield return Case(org, ClientProvenance.Api, new() { Org = "acme\ud83d" });
        yield return Case(resources, ClientProvenance.Api, new() { Introspects = ["api"] });
        yield return Case(resources, ClientProvenance.Api, new() { Introspects = ["*", "https://api.example/#x"] });
    }

    [TestCaseSource(nameof(Unsuitable))]
    public void A_setting_that_does_not_fit_is_named(string problem, ClientProvenance provenance, ClientSettings settings) =>
        settings.Problem(provenance)!.Description.Should().Be(problem);

    private static IEnumerable<TestCaseData> Suitable()
    {
        yield return Case("nothing", ClientProvenance.Dcr, new());
        yield return Case(
            "disabled",
            ClientProvenance.Cimd,
            new()
            {
                Disabled = true,
                RequirePkce = true,
                Org = "acme",
            }
        );
        yield return Case("trusted", ClientProvenance.Api, new() { Trusted = true });
        yield return Case("long", ClientProvenance.Api, new() { Org = new string('o', 800) });
        yield return Case("any", ClientProvenance.Api, new() { Introspects = ["*"] });
        yield return Case("one", ClientProvenance.Api, new() { Introspects = ["https://api.example/v1", "urn:api"] });
    }

    [TestCaseSource(nameof(Suitable))]
    public void A_setting_that_fits_is_no_problem(string _, ClientProvenance provenance, ClientSettings settings) =>
        settings.Problem(provenance).Should().BeNull();

    private static TestCaseData Case(string name, ClientProvenance provenance, ClientSettings settings) =>
        new TestCaseData(name, provenance, settings).SetArgDisplayNames(name, $"{provenance}");
}
