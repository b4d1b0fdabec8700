namespace HQ.OAuth2;

internal sealed class ClientProvenancesTests
{
    [TestCase(ClientProvenance.Api, "api")]
    [TestCase(ClientProvenance.Dcr, "dcr")]
    [TestCase(ClientProvenance.Cimd, "cimd")]
    public void A_provenance_has_a_name_that_tables_and_APIs_keep(ClientProvenance provenance, string name) =>
        provenance.Name().Should().Be(name);

    [Test]
    public void A_value_that_is_no_provenance_has_no_name() =>
        ((ClientProvenance)3).Invoking(p => p.Name()).Should().Throw<ArgumentOutOfRangeException>();
}
