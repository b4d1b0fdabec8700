using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using HQ.OAuth2;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Migration.Tests;

/// <summary>docs/coming-from-duende.md: clients from tables as its documents describe them, and a key set as it publishes one.</summary>
internal sealed class FromDuendeTests
{
    private const string Kid = "6B7ACC520305BFDB4F7252DAEB2177CCRS256";

    private static readonly (string, string) clientCredentials = ("grant_type", "client_credentials");

    private Hosts hosts = null!;
    private SqliteConnection old = null!;
    private WebApplication app = null!;
    private Visitor visitor = null!;
    private List<string> report = [];

    [OneTimeSetUp]
    public async Task Its_clients_are_copied()
    {
        hosts = new();
        old = new SqliteConnection(hosts.Connection("duende.db"));
        await old.OpenAsync();
        await DuendeTables.CreateAsync(old);
        app = await hosts.StartAsync(withOpenIddict: false, withOurs: true);
        report = await CopyAsync();
        visitor = new(app);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        visitor.Dispose();
        await app.DisposeAsync();
        await old.DisposeAsync();
        hosts.Dispose();
    }

    [TestCase("machine", DuendeTables.Secret)]
    [TestCase("machine", "another")]
    [TestCase("ending", DuendeTables.Secret)]
    public async Task A_service_keeps_its_id_and_each_of_its_secrets(string id, string secret)
    {
        (await visitor.TokenAsync("oauth2", id, secret + "x", clientCredentials)).Status.Should().Be(HttpStatusCode.Unauthorized);
        for (var i = 0; i < 2; i++)
        {
            var answer = await visitor.TokenAsync("oauth2", id, secret, clientCredentials);
            answer.Status.Should().Be(HttpStatusCode.OK, answer.Body.ToString());
        }

        var client = await FindAsync(id);
        client.Secrets.Should().ContainSingle(s => s.Hash.StartsWith("$2") && BCrypt.Net.BCrypt.Verify(secret, s.Hash));
        if (id == "ending")
            client.Secrets[0].ExpiresAt.Should().Be(new DateTimeOffset(2099, 12, 31, 12, 0, 0, TimeSpan.Zero));
    }

    [Test]
    public async Task A_secret_of_more_than_72_bytes_works_and_keeps_its_hash()
    {
        var answer = await visitor.TokenAsync("oauth2", "machine.512", DuendeTables.LongSecret, clientCredentials);

        answer.Status.Should().Be(HttpStatusCode.OK, answer.Body.ToString());
        (await FindAsync("machine.512")).Secrets.Should().ContainSingle().Which.Hash.Should().StartWith("$sha512$");
    }

    [Test]
    public async Task Interactive_clients_sign_users_in()
    {
        var web = await visitor.SignInAsync("oauth2", "interactive.web", "https://app.example.com/signin-oidc", DuendeTables.Secret);
        web.TryGetProperty("refresh_token", out _).Should().BeTrue();
        web.TryGetProperty("id_token", out _).Should().BeFalse();
        (await FindAsync("interactive.web")).Scope!.ToString().Should().Be("read");

        var spa = await visitor.SignInAsync("oauth2", "interactive.public", "https://spa.example.com/cb");
        spa.TryGetProperty("refresh_token", out _).Should().BeFalse("it had none");
        (await visitor.ApiAsync(spa.GetProperty("access_token").GetString()!)).Should().Be(HttpStatusCode.OK);
    }

    [Test]
    public async Task Settings_come_along()
    {
        (await FindAsync("old.web")).RequirePkce.Should().BeFalse();
        (await FindAsync("interactive.web")).RequirePkce.Should().BeNull();
        (await FindAsync("off")).Disabled.Should().BeTrue();
        (await visitor.TokenAsync("oauth2", "off", DuendeTables.Secret, clientCredentials)).Status.Should().Be(HttpStatusCode.Unauthorized);
        (await FindAsync("machine")).ClientName.Should().Be("The machine");
    }

    [Test]
    public async Task What_has_no_counterpart_is_named_with_the_reason_and_left_out()
    {
        report.Should().HaveCount(11);
        report.Where(line => !line.EndsWith(": copied", StringComparison.Ordinal)).Should().HaveCount(4);
        report.Should().ContainSingle(line => line.StartsWith("hybrid: it uses no grant"));
        report.Should().ContainSingle(line => line.StartsWith("scopeless: it has no scope"));
        report.Should().ContainSingle(line => line.StartsWith("ended: it has no shared secret"));
        report.Should().ContainSingle(line => line.StartsWith("certificate: it has no shared secret"));

        var before = (await FindAsync("interactive.public")).ToJson();
        (await CopyAsync()).Should().HaveCount(4);
        (await FindAsync("interactive.public")).ToJson().Should().Be(before);
    }

    [Test]
    public async Task A_token_that_its_key_signed_verifies_by_our_key_set()
    {
        // The key is in a PEM file of the old server; what it publishes has the key id that its tokens name.
        using var made = RSA.Create(2048);
        using var signer = RSA.Create();
        signer.ImportFromPem(made.ExportPkcs8PrivateKeyPem());
        var token = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = true }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = Hosts.Issuer,
                Audience = Hosts.Api,
                TokenType = "at+jwt",
                Claims = new Dictionary<string, object> { ["sub"] = "alice", ["client_id"] = "interactive.web" },
                SigningCredentials = new(new RsaSecurityKey(signer) { KeyId = Kid }, "RS256"),
            }
        );
        var shown = signer.ExportParameters(includePrivateParameters: false);
        var keySet = JsonSerializer.Serialize(
            new
            {
                keys = new[]
                {
                    new
                    {
                        kty = "RSA",
                        use = "sig",
                        kid = Kid,
                        e = Base64UrlEncoder.Encode(shown.Exponent),
                        n = Base64UrlEncoder.Encode(shown.Modulus),
                        alg = "RS256",
                    },
                },
            }
        );

        using var another = new Hosts();
        await using var alone = await another.StartAsync(withOpenIddict: false, withOurs: true, keySet);
        using var api = new Visitor(alone);
        var published = new JsonWebKeySet(await api.GetAsync("/oauth2/jwks"));

        published.Keys.Select(k => k.Alg).Should().Equal("ES256", "RS256");
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(
            token,
            new()
            {
                ValidIssuer = Hosts.Issuer,
                ValidAudience = Hosts.Api,
                ValidTypes = ["at+jwt"],
                IssuerSigningKeys = published.GetSigningKeys(),
                TryAllIssuerSigningKeys = false,
            }
        );
        result.IsValid.Should().BeTrue(result.Exception?.Message);
        (await api.ApiAsync(token)).Should().Be(HttpStatusCode.Unauthorized);
    }

    // As the guide says to run it.
    private async Task<List<string>> CopyAsync()
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await new DuendeClients(old, scope.ServiceProvider.GetRequiredService<ClientRegistrar>()).CopyAsync(default);
    }

    private async Task<Client> FindAsync(string clientId)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<ClientRegistrar>().FindAsync(clientId, default))!;
    }
}
