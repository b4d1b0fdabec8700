using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Data.Sqlite;

namespace CustomClientStore.Tests;

/// <summary>The sample as it is, over HTTP.</summary>
internal sealed class SampleTests
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"hq-sample-{Guid.NewGuid():N}.db");

    [TearDown]
    public void Delete()
    {
        SqliteConnection.ClearAllPools();
        foreach (var file in new[] { path, path + "-wal", path + "-shm" })
            File.Delete(file);
    }

    [Test]
    public async Task An_app_of_the_hosts_own_table_gets_a_token_until_it_is_blocked()
    {
        await using var sample = new WebApplicationFactory<Program>().WithWebHostBuilder(b =>
            b.UseSetting("ConnectionStrings:apps", $"Data Source={path}")
                // Blocking is seen at once instead of two seconds later.
                .UseSetting("auth:oauth2:authorizationServer:cacheClientsFor", "00:00:00")
        );
        using var http = sample.CreateClient(new() { AllowAutoRedirect = false });
        var app = await JsonAsync(await http.PostAsJsonAsync("/apps", new { name = "Nightly report" }));
        var (key, secret) = (app.GetProperty("key").GetString()!, app.GetProperty("secret").GetString()!);

        var token = (await JsonAsync(await TokenAsync(http, key, secret))).GetProperty("access_token").GetString()!;
        (await ApiAsync(http, token)).Should().Be(HttpStatusCode.OK);
        (await TokenAsync(http, key, secret + "x")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await TokenAsync(http, key.ToUpperInvariant(), secret)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);

        (await http.PostAsync($"/apps/{key}/block", null)).StatusCode.Should().Be(HttpStatusCode.NoContent);

        (await ApiAsync(http, token)).Should().Be(HttpStatusCode.Unauthorized);
        var refused = await TokenAsync(http, key, secret);
        refused.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await JsonAsync(refused)).GetProperty("error").GetString().Should().Be("invalid_client");
    }

    [Test]
    public async Task A_request_for_another_host_is_refused()
    {
        await using var sample = new WebApplicationFactory<Program>().WithWebHostBuilder(b =>
            b.UseSetting("ConnectionStrings:apps", $"Data Source={this.path}")
        );
        using var http = sample.CreateClient(new() { AllowAutoRedirect = false });
        foreach (var path in new[] { "/.well-known/oauth-authorization-server", "/login" })
        {
            (await StatusAsync("rebound.example", path)).Should().Be(HttpStatusCode.BadRequest, path);
            (await StatusAsync("localhost", path)).Should().NotBe(HttpStatusCode.BadRequest, path);
        }

        async Task<HttpStatusCode> StatusAsync(string host, string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = host;
            return (await http.SendAsync(request)).StatusCode;
        }
    }

    [TestCase("//evil.example")]
    [TestCase("https://evil.example")]
    [TestCase("/\\evil.example")]
    public async Task Its_sign_in_leads_nowhere_else(string returnUrl)
    {
        await using var sample = new WebApplicationFactory<Program>().WithWebHostBuilder(b =>
            b.UseSetting("ConnectionStrings:apps", $"Data Source={path}")
        );
        using var http = sample.CreateClient(new() { AllowAutoRedirect = false });

        var answer = await http.GetAsync("/login?returnUrl=" + Uri.EscapeDataString(returnUrl));

        answer.Headers.Location!.OriginalString.Should().Be("/");
        answer.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
    }

    private static async Task<HttpResponseMessage> TokenAsync(HttpClient http, string key, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]),
        };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{key}:{secret}")));
        return await http.SendAsync(request);
    }

    private static async Task<HttpStatusCode> ApiAsync(HttpClient http, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/time");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return (await http.SendAsync(request)).StatusCode;
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
}
