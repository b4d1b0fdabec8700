using System.Text;
using System.Text.Json;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The device authorization endpoint (RFC 8628 §3.1, §3.2), and what the metadata says of it (§4).</summary>
internal sealed class DeviceAuthorizationTests : SharedApp
{
    protected override void Options(HqOAuth2Options o) => DeviceSupport.Options(o);

    [Test, Rfc("8628-3.2-1"), Rfc("8628-3.2-2"), Rfc("8628-3.3-3"), Rfc("8628-5.4-1")]
    public async Task A_device_gets_two_codes_and_the_place_to_enter_one()
    {
        var answer = await App.AskAsync(more: ("scope", "read"));

        answer.Status.Should().Be(200, answer.Body);
        answer.Header("Cache-Control").Should().Be("no-store");
        answer
            .Json.EnumerateObject()
            .Select(m => m.Name)
            .Should()
            .BeEquivalentTo("device_code", "user_code", "verification_uri", "verification_uri_complete", "expires_in", "interval");
        var code = answer.Text("user_code")!;
        code.Should().MatchRegex("^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$");
        answer.Text("verification_uri").Should().Be("https://auth.example.com/oauth2/device");
        answer.Text("verification_uri_complete").Should().Be("https://auth.example.com/oauth2/device?user_code=" + code);
        (answer.Text("expires_in"), answer.Text("interval")).Should().Be(("600", "5"));
        answer.Json.GetProperty("interval").ValueKind.Should().Be(JsonValueKind.Number);
    }

    [Test, Rfc("8628-5.2-1"), Rfc("8628-3.2-1")]
    public async Task Codes_are_never_the_same()
    {
        var devices = new List<Device>();
        for (var i = 0; i < 50; i++)
            devices.Add(await App.DeviceAsync());

        devices.Select(d => d.UserCode).Should().OnlyHaveUniqueItems();
        devices.Select(d => d.DeviceCode[^49..^6]).Should().OnlyHaveUniqueItems("256 random bits and a checksum are at the end");
    }

    [TestCase("scope=re\"ad", "invalid_scope")]
    [TestCase("resource=relative", "invalid_target")]
    [TestCase("scope=read&scope=write", "invalid_request")]
    [Rfc("8628-3.2-3"), Rfc("8628-3.1-1")]
    public async Task What_the_token_endpoint_would_refuse_is_refused(string form, string error) =>
        (await App.RawAsync(DeviceSupport.Path, Encoding.UTF8.GetBytes("client_id=tv&" + form))).ShouldBeError(error);

    [Test, Rfc("8628-3.2-3")]
    public async Task A_client_without_the_grant_is_refused() => (await App.AskAsync("spa")).ShouldBeError("unauthorized_client");

    [Test, Rfc("8628-3.1-1")]
    public async Task Unknown_and_empty_parameters_are_ignored() =>
        (await App.AskAsync("tv", ("scope", ""), ("resource", ""), ("colour", "green"))).Status.Should().Be(200);

    [Test, Rfc("8628-3.1-1")]
    public async Task Only_a_form_in_the_body_counts()
    {
        (await App.PostJsonAsync(DeviceSupport.Path, """{"client_id":"tv"}""")).ShouldBeError("invalid_request");
        (await App.PostAsync(DeviceSupport.Path + "?client_id=tv")).ShouldBeError("invalid_request");
        (await App.GetAsync(DeviceSupport.Path + "?client_id=tv")).ShouldBeError("invalid_request", 405);
        (await App.RawAsync(DeviceSupport.Path, [0xff, 0xfe, 0x25, 0x80])).Status.Should().BeOneOf(400, 401);
    }

    [Test, Rfc("8628-3.1-2")]
    public async Task A_confidential_client_authenticates_and_a_public_one_names_itself()
    {
        (await App.AskAsync("box")).Status.Should().Be(200);
        (await App.PostAsync(DeviceSupport.Path, ("client_id", "box"))).ShouldBeError("invalid_client", 401);
        (await App.PostAsync(DeviceSupport.Path, ("basic", "box:wrong"))).ShouldBeError("invalid_client", 401);
        (await App.PostAsync(DeviceSupport.Path, ("client_id", "nobody"))).ShouldBeError("invalid_client", 401);
        (await App.PostAsync(DeviceSupport.Path)).ShouldBeError("invalid_client", 401);
    }

    [Test, Rfc("8628-4-1")]
    public async Task The_metadata_names_endpoint_and_grant()
    {
        var metadata = (await App.GetAsync("/.well-known/oauth-authorization-server")).Json;

        metadata.GetProperty("device_authorization_endpoint").GetString().Should().Be(TestApp.Issuer + DeviceSupport.Path);
        metadata.GetProperty("grant_types_supported").EnumerateArray().Select(g => g.GetString()).Should().Contain(DeviceSupport.Grant);
    }

    [Test, Rfc("8628-4-1")]
    public async Task Without_the_option_there_is_nothing_of_it()
    {
        await using var app = await TestApp.StartAsync(o => o.Clients.Add(TestApp.Client("tv", null, null, [], [DeviceSupport.Grant])));

        (await app.GetAsync("/.well-known/oauth-authorization-server")).Body.Should().NotContain("device");
        (await app.AskAsync()).Status.Should().Be(404);
        (await app.NewBrowser().GetAsync("/oauth2/device")).Status.Should().Be(404);
        (
            await app.PostAsync(BackChannel.Token, ("grant_type", DeviceSupport.Grant), ("device_code", "x"), ("client_id", "tv"))
        ).ShouldBeError("unsupported_grant_type");
    }

    [Test]
    public async Task A_client_that_registers_itself_gets_the_grant_only_where_the_host_says_so([Values] bool allowed)
    {
        await using var app = await TestApp.StartAsync(o =>
        {
            DeviceSupport.Options(o);
            o.SelfRegisteredDevices = allowed;
        });
        var registered = await app.RegisterAsync(
            new
            {
                grant_types = new[] { DeviceSupport.Grant, "authorization_code" },
                redirect_uris = new[] { TestApp.RedirectUri },
                token_endpoint_auth_method = "none",
            }
        );
        registered.Status.Should().Be(201, registered.Body);
        var answer = await app.AskAsync(registered.Text("client_id")!);

        if (allowed)
            answer.Status.Should().Be(200, answer.Body);
        else
            answer.ShouldBeError("unauthorized_client");
    }

    [Test]
    public async Task A_client_that_registered_before_the_host_changed_its_mind_is_refused()
    {
        await App.AddClientAsync(
            new()
            {
                ClientId = "earlier",
                Type = ClientType.Public,
                TokenEndpointAuthMethod = "none",
                Provenance = ClientProvenance.Dcr,
                GrantTypes = [DeviceSupport.Grant],
            }
        );

        (await App.AskAsync("earlier")).ShouldBeError("unauthorized_client");
    }

    [Test]
    public async Task An_address_and_a_client_get_so_many_codes_a_minute_and_no_more_is_stored()
    {
        await using var app = await TestApp.StartAsync(o =>
        {
            DeviceSupport.Options(o);
            (o.Limits.DeviceCodesPerMinute, o.Limits.ClientDeviceCodesPerMinute) = (5, 3);
        });
        for (var i = 0; i < 3; i++)
            await app.DeviceAsync();

        // The client first, then the address, at which another client had two.
        (await app.AskAsync()).ShouldBeError("temporarily_unavailable", 429);
        (await app.AskAsync("box")).Status.Should().Be(200);
        (await app.AskAsync("box")).ShouldBeError("temporarily_unavailable", 429);
        (await app.AskAsync("nobody")).ShouldBeError("temporarily_unavailable", 429);

        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await app.DeviceAsync();
    }

    [Test]
    public async Task The_store_gets_one_ticket_and_no_code_of_it_in_clear()
    {
        var tickets = new NotedTickets();
        await using var app = await TestApp.StartAsync(
            DeviceSupport.Options,
            s => s.Services.AddSingleton<ITicketStore>(tickets),
            inMemory: true
        );

        var device = await app.DeviceAsync();

        var (key, value) = tickets.Added.Should().ContainSingle().Subject;
        foreach (
            var secret in new[] { device.UserCode, device.UserCode.Replace("-", "", StringComparison.Ordinal), device.DeviceCode[^49..^6] }
        )
            (key + value).Should().NotContain(secret);
        (await app.RowsAsync("alice")).Should().BeEmpty();
    }

    private sealed class NotedTickets : ITicketStore
    {
        private readonly InMemoryTicketStore inner = new(new TestClock());

        public List<(string Key, string Value)> Added { get; } = [];

        public ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct)
        {
            Added.Add((key, value));
            return inner.TryAddAsync(key, value, until, ct);
        }

        public ValueTask<string?> FindAsync(string key, CancellationToken ct) => inner.FindAsync(key, ct);

        public ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct) =>
            inner.TryReplaceAsync(key, expected, value, ct);

        public ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct) => inner.TryRemoveAsync(key, ct);

        public ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct) => inner.RemoveExpiredAsync(limit, ct);
    }
}
