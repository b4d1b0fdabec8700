using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2.Operations.Tests;

/// <summary>samples/ManyNodes with the settings of deploy/kubernetes.yaml; only the database and the certificate are others.</summary>
internal sealed class DeployedHostTests
{
    private TestDatabase database = null!;
    private WebApplicationFactory<Program> host = null!;
    private string certificate = "";

    [SetUp]
    public async Task StartAsync()
    {
        database = await TestDatabase.PostgreSqlAsync();
        var settings = Manifest.Deployed.Configuration;
        certificate = Path.Combine(Path.GetTempPath(), $"hq-ring-{Guid.NewGuid():N}.pfx");
        using var key = RSA.Create(2048);
        using var ring = new CertificateRequest("CN=key ring", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(
            DateTimeOffset.UnixEpoch,
            // Its end is not looked at, as the guide says.
            DateTimeOffset.UnixEpoch.AddYears(10)
        );
        await File.WriteAllBytesAsync(certificate, ring.Export(X509ContentType.Pkcs12, settings["dataProtection:password"]));
        host = new WebApplicationFactory<Program>().WithWebHostBuilder(b =>
        {
            b.UseEnvironment("Production");
            foreach (var (name, value) in settings)
                b.UseSetting(name, value);
            b.UseSetting("ConnectionStrings:hq", database.ConnectionString).UseSetting("dataProtection:certificate", certificate);
        });
    }

    [TearDown]
    public async Task StopAsync()
    {
        if (host is not null)
            await host.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
        File.Delete(certificate);
    }

    [Test]
    public async Task Every_probe_is_answered_by_its_host_name_and_by_no_other()
    {
        using var http = host.CreateClient();
        foreach (var (path, name) in KubernetesTests.Probes())
        {
            (await StatusAsync(http, path, name)).Should().Be(HttpStatusCode.OK, path);
            (await StatusAsync(http, path, "10.244.1.7"))
                .Should()
                .Be(HttpStatusCode.BadRequest, "AllowedHosts does not have the pod's address");
        }
    }

    [Test]
    public void A_pod_has_time_to_finish()
    {
        var pod = Manifest.Deployed.Pod;
        var needed =
            Manifest.Deployed.Container.Lifecycle.PreStop.Sleep.Seconds
            + host.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout.TotalSeconds;
        pod.TerminationGracePeriodSeconds.Should().BeGreaterThan((long)needed);
    }

    [Test]
    public async Task The_keys_in_the_database_are_protected_by_the_certificate()
    {
        using var http = host.CreateClient();
        (await StatusAsync(http, "/oauth2/jwks", "auth.example.com")).Should().Be(HttpStatusCode.OK);
        await using var connection = new Npgsql.NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand("select xml from hq_data_protection_keys", connection);
        ((string)(await command.ExecuteScalarAsync())!).Should().Contain("EncryptedXmlDecryptor").And.NotContain("<masterKey");
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path, string? name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = name;
        return (await http.SendAsync(request)).StatusCode;
    }
}
