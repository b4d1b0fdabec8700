namespace HQ.OAuth2;

internal sealed class ConfiguredClientsTests
{
    [Test]
    public void A_configured_client_belongs_to_its_own_org_else_to_the_usual_one()
    {
        var options = Given.Options(o =>
        {
            o.DefaultOrg = "usual";
            foreach (var (id, org) in new (string, string?)[] { ("with", "own"), ("without", null) })
            {
                var client = new ClientOptions { ClientId = id, Org = org };
                client.RedirectUris.Add(Given.RedirectUri);
                o.Clients.Add(client);
            }
        });
        var configured = new ConfiguredClients(new(options));

        configured.Find("with")!.Org.Should().Be("own");
        configured.Find("without")!.Org.Should().Be("usual");
    }
}
