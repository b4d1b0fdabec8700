using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>What registrations may fill: one of them, all of them, and those of one network (RFC 7591 §5).</summary>
internal sealed class RegistrationBoundTests
{
    [Test]
    public async Task Lists_are_kept_without_repeats_in_their_order()
    {
        await using var app = await TestApp.StartAsync();

        var answer = await app.RegisterAsync(
            new
            {
                redirect_uris = new[] { "https://b.example/cb", "https://a.example/cb", "https://b.example/cb" },
                grant_types = new[] { "refresh_token", "authorization_code", "refresh_token" },
                response_types = new[] { "code", "code" },
                contacts = Enumerable.Repeat("a@b.example", 60),
            }
        );

        answer.Status.Should().Be(201, answer.Body);
        answer.Text("redirect_uris").Should().Be("""["https://b.example/cb","https://a.example/cb"]""");
        answer.Text("grant_types").Should().Be("""["refresh_token","authorization_code"]""");
        answer.Text("contacts").Should().Be("""["a@b.example"]""");
    }

    [Test]
    public async Task A_list_has_fifty_entries_at_most()
    {
        await using var app = await TestApp.StartAsync();

        (await RegisterAsync(50)).Status.Should().Be(201);
        (await RegisterAsync(51)).ShouldBeError("invalid_redirect_uri");
        var contacts = await app.RegisterAsync(
            new { redirect_uris = new[] { TestApp.RedirectUri }, contacts = Enumerable.Range(0, 51).Select(i => $"{i}@b.example") }
        );
        contacts.Json.GetProperty("contacts").GetArrayLength().Should().Be(50, "the others are left out");

        Task<Answer> RegisterAsync(int uris) =>
            app.RegisterAsync(new { redirect_uris = Enumerable.Range(0, uris).Select(i => $"https://a.example/{i}") });
    }

    [Test]
    public async Task A_registration_keeps_16_kB_at_most_and_so_does_its_update()
    {
        await using var app = await TestApp.StartAsync(o => o.DcrManagement = true);
        var small = await app.RegisterAsync(Metadata(10));
        small.Status.Should().Be(201, small.Body);
        var large = await app.RegisterAsync(Metadata(45));
        large.ShouldBeError("invalid_client_metadata");
        large.Text("error_description").Should().Contain("16 kB");

        var id = small.Text("client_id")!;
        var body = JsonSerializer.SerializeToNode(Metadata(45))!.AsObject();
        body["client_id"] = id;
        using var request = new HttpRequestMessage(HttpMethod.Put, "/oauth2/register/" + id)
        {
            Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new("Bearer", small.Text("registration_access_token"));
        (await app.SendAsync(request)).ShouldBeError("invalid_client_metadata");
        (await app.FindClientAsync(id))!.ToJson().Length.Should().BeLessThan(16 * 1024);

        static object Metadata(int uris) =>
            new { redirect_uris = Enumerable.Range(0, uris).Select(i => $"https://a.example/{i}/{new string('x', 400)}") };
    }

    [Test]
    public async Task Three_hundred_at_once_stop_at_the_ceiling()
    {
        await using var app = await TestApp.StartAsync(o => o.Limits.SelfRegisteredClients = 50);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 300)
                .Select(_ =>
                    Task.Run(() =>
                        app.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri }, token_endpoint_auth_method = "none" })
                    )
                )
        );

        answers.Count(a => a.Status == 201).Should().Be(50);
        foreach (var refused in answers.Where(a => a.Status != 201))
            refused.ShouldBeError("temporarily_unavailable", 503);
        var registry = (IClientRegistry)app.Services.GetRequiredService<IClientStore>();
        (await registry.CountAsync(ClientProvenance.Dcr, default)).Should().Be(50);
        Lines("Warning", "limits:selfRegisteredClients").Should().ContainSingle().Which.Should().Contain("40 clients");
        Lines("Error", "limits:selfRegisteredClients")
            .Should()
            .ContainSingle()
            .Which.Should()
            .ContainAll("neverApprovedClientLifetime", "initialAccessTokens");

        // Clients that go make room, within a minute.
        foreach (var client in (await registry.ListAsync(new(provenance: ClientProvenance.Dcr, limit: 10), default)).Items)
            await registry.TryRemoveAsync(client.ClientId, default);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        var again = await app.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri } });
        again.Status.Should().Be(201, again.Body);

        IEnumerable<string> Lines(string level, string text) => app.Logs.Lines.Where(l => l.StartsWith(level) && l.Contains(text));
    }

    [Test]
    public async Task A_network_has_a_limit_of_its_own_and_the_smallest_one_counts()
    {
        await using var app = await TestApp.StartAsync(o =>
        {
            o.Limits.RegistrationsPerMinute = 2;
            o.Limits.Networks.Add(new() { Network = "203.0.0.0/16", RegistrationsPerMinute = 1 });
            o.Limits.Networks.Add(new() { Network = "203.0.113.0/24", RegistrationsPerMinute = 4 });
            o.Limits.Networks.Add(new() { Network = "2001:db8:1::/48", RegistrationsPerMinute = 3 });
        });

        (await MadeFromAsync("198.51.100.1")).Should().Be(2);
        (await MadeFromAsync("203.0.1.1")).Should().Be(1);
        (await MadeFromAsync("203.0.113.7")).Should().Be(4);
        (await MadeFromAsync("::ffff:203.0.113.9")).Should().Be(4);
        (await MadeFromAsync("2001:db8:1:2::5")).Should().Be(3);
        (await MadeFromAsync("2001:db8:2::5")).Should().Be(2);
        (await MadeFromAsync("::1")).Should().Be(2);

        async Task<int> MadeFromAsync(string address)
        {
            var made = 0;
            for (var i = 0; i < 6; i++)
            {
                var body = JsonSerializer.SerializeToUtf8Bytes(new { redirect_uris = new[] { TestApp.RedirectUri } });
                var context = await app.Server.SendAsync(http =>
                {
                    http.Request.Scheme = "https";
                    http.Request.Method = "POST";
                    http.Request.Path = "/oauth2/register";
                    http.Request.ContentType = "application/json";
                    http.Request.Body = new MemoryStream(body);
                    http.Connection.RemoteIpAddress = IPAddress.Parse(address);
                });
                made += context.Response.StatusCode == 201 ? 1 : 0;
            }

            return made;
        }
    }
}
