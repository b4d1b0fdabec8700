using System.Text;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace HQ.OAuth2;

/// <summary>A client's own change that an administrator overtakes (RFC 7592 §2.2, §2.3).</summary>
internal sealed class ClientConfigurationEndpointTests
{
    private readonly TestClock clock = new();
    private readonly ScriptedClientRegistry registry = new();
    private ClientSecrets secrets = null!;
    private ClientConfigurationEndpoint endpoint = null!;
    private RegistrationAccessToken token;

    [SetUp]
    public async Task A_registered_client()
    {
        var options = new ServerSettings(Given.Options());
        secrets = new(options, clock, NullLogger<ClientSecrets>.Instance);
        endpoint = new(Given.Registrar(registry, clock), secrets, new(new(options, clock)), options);
        token = RegistrationAccessToken.New("hqc_self");
        await registry.TryRemoveAsync(token.ClientId, default);
        await registry.TryAddAsync(
            Given.Client(token.ClientId) with
            {
                Provenance = ClientProvenance.Dcr,
                RegistrationAccessTokenHash = token.Hash,
            },
            default
        );
    }

    [TearDown]
    public void Dispose() => secrets.Dispose();

    [Test]
    public async Task An_update_that_a_disabling_overtakes_is_refused()
    {
        OvertakenBy(client => client with { Disabled = true, ClientName = "Disabled" });

        (await UpdateAsync()).Error!.Id.Should().Be(OAuthError.InvalidToken.Id);
        (await FindAsync())
            .Should()
            .BeEquivalentTo(
                new
                {
                    Disabled = true,
                    ClientName = "Disabled",
                    Version = 2L,
                }
            );
    }

    [Test]
    public async Task An_update_that_another_registration_token_overtakes_is_refused()
    {
        OvertakenBy(client => client with { RegistrationAccessTokenHash = RegistrationAccessToken.New(token.ClientId).Hash });

        (await UpdateAsync()).Error!.Id.Should().Be(OAuthError.InvalidToken.Id);
        (await FindAsync())!.Version.Should().Be(2);
    }

    [Test]
    public async Task An_update_that_another_change_overtakes_keeps_what_that_decided()
    {
        OvertakenBy(client => client with { Org = "acme", RequirePkce = true, Scope = ScopeSet.Of("read"), ScopeIsCeiling = true });

        (await UpdateAsync()).Error.Should().BeNull();
        (await FindAsync())
            .Should()
            .BeEquivalentTo(
                new
                {
                    ClientName = "Own",
                    Org = "acme",
                    RequirePkce = true,
                    ScopeIsCeiling = true,
                    Version = 3L,
                }
            );
    }

    [Test]
    public async Task A_deletion_that_a_disabling_overtakes_is_refused()
    {
        OvertakenBy(client => client with { Disabled = true });

        (await endpoint.DeleteAsync(["Bearer " + token.ToWire()], token.ClientId, default))!.Id.Should().Be(OAuthError.InvalidToken.Id);
        (await FindAsync())!.Disabled.Should().BeTrue();
    }

    [TestCase("registration_access_token")]
    [TestCase("registration_client_uri")]
    [TestCase("client_secret_expires_at")]
    [TestCase("client_id_issued_at")]
    [Rfc("7592-2.2-4")]
    public async Task An_update_names_nothing_that_the_server_sets(string member)
    {
        var error = (await UpdateAsync($$""","{{member}}":0""")).Error!;

        (error.Code, error.Description).Should().Be(("invalid_client_metadata", $"{member}: is set by the server only"));
        (await FindAsync())!.Version.Should().Be(1);
    }

    private ValueTask<Outcome<RegistrationResponse>> UpdateAsync(string more = "")
    {
        var body = $$"""{"client_id":"{{token.ClientId}}","client_name":"Own","redirect_uris":["{{Given.RedirectUri}}"]{{more}}}""";
        return endpoint.UpdateAsync(["Bearer " + token.ToWire()], token.ClientId, Encoding.UTF8.GetBytes(body), null, default);
    }

    private ValueTask<Client?> FindAsync() => registry.FindAsync(token.ClientId, default);

    private void OvertakenBy(Func<Client, Client> change) =>
        registry.Updates.Enqueue(
            async (inner, next) =>
            {
                var client = (await inner.FindAsync(next.ClientId, default))!;
                (await inner.TryUpdateAsync(change(client) with { Version = client.Version + 1 }, default)).Should().BeTrue();
                return await inner.TryUpdateAsync(next, default);
            }
        );
}
