using System.Text;
using System.Text.Json;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Personal access tokens beside resources that demand tokens of a key (RFC 9449): such a token is bound to none.</summary>
internal sealed class PersonalTokenDpopTests
{
    private const string Strict = "https://api.example.com/strict";
    private const string Plain = "https://api.example.com/plain";
    private const string Page = "/oauth2/connected-apps/new-token";

    [TestCase(Strict)]
    [TestCase("HTTPS://API.example.com/strict")]
    [TestCase(Plain, Strict)]
    public async Task None_is_made_for_a_resource_that_demands_a_key(params string[] resources)
    {
        await using var app = await StartAsync();

        var refused = await MakeAsync(new(app, "alice"), resources);

        refused.Status.Should().Be(400);
        refused.Body.Should().Contain("\"resource\"").And.Contain("requireDpop").And.NotContain("hqp_");
        (await app.RowsAsync("alice")).Should().BeEmpty();
    }

    [Test]
    public async Task The_form_does_not_offer_such_a_resource()
    {
        await using var app = await StartAsync();

        var page = (await app.NewBrowser("alice").GetAsync(Page)).Body;

        page.Should().NotContain(Strict);
    }

    [Test]
    public async Task A_token_from_before_the_demand_is_not_active_there_and_still_is_elsewhere()
    {
        await using var app = await StartAsync(demands: false);
        var token = (await MakeAsync(new(app, "alice"), Plain, Strict)).Text("token")!;
        (await app.IntrospectAsync(token)).Json.GetProperty("aud").GetArrayLength().Should().Be(2);
        var only = (await MakeAsync(new(app, "alice"), Strict)).Text("token")!;

        // The demand is a setting of the server: the same rows at a server that has it.
        await using var strict = await StartAsync(store: app.Services.GetRequiredService<IAuthorizationStore>());
        (await strict.IntrospectAsync(token)).Text("aud").Should().Be(Plain);
        (await strict.IntrospectAsync(only)).Text("active").Should().Be("False");
    }

    [Test]
    public async Task A_store_that_is_away_uses_up_no_place_of_the_hour()
    {
        await using var app = await TestApp.StartAsync(
            o => (o.PersonalAccessTokens, o.Limits.PersonalAccessTokensPerHour) = (true, 2),
            s => s.AddAuthorizationStore<FailingAuthorizationStore>(ServiceLifetime.Singleton)
        );
        var store = (FailingAuthorizationStore)app.Services.GetRequiredService<IAuthorizationStore>();
        var user = new ConnectedAppsApiTests.Session(app, "alice");

        var antiforgery = await user.TokenAsync();
        store.Failure = new TimeoutException();
        for (var i = 0; i < 4; i++)
            (await MakeAsync(user, antiforgery, [])).Status.Should().Be(503);
        store.Failure = null;

        (await MakeAsync(user)).Status.Should().Be(201);
        (await MakeAsync(user)).Status.Should().Be(201);
        (await MakeAsync(user)).Status.Should().Be(429);
    }

    private static Task<TestApp> StartAsync(bool demands = true, IAuthorizationStore? store = null) =>
        TestApp.StartAsync(
            o =>
            {
                o.PersonalAccessTokens = true;
                o.Resources.Add(new() { Identifier = Strict, RequireDpop = demands });
                o.Resources.Add(new() { Identifier = Plain });
            },
            parts: server =>
            {
                if (store is not null)
                    server.Services.AddSingleton(store);
            },
            inMemory: true
        );

    private static async Task<Answer> MakeAsync(ConnectedAppsApiTests.Session user, params string[] resources) =>
        await MakeAsync(user, await user.TokenAsync(), resources);

    private static async Task<Answer> MakeAsync(ConnectedAppsApiTests.Session user, string? antiforgery, string[] resources)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v0/users/me/oauth2/personal-access-tokens");
        request.Content = new StringContent(
            JsonSerializer.Serialize(
                new
                {
                    name = "x",
                    scope = new[] { "read" },
                    resource = resources,
                    expires_at = TestClock.Start.AddDays(1),
                }
            ),
            Encoding.UTF8,
            "application/json"
        );
        request.Headers.Add("RequestVerificationToken", antiforgery);
        return await user.Browser.SendAsync(request);
    }
}
