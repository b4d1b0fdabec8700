using System.Text.Json;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>
/// A shipping client as it was observed: what it sends when it registers, asks, redeems and refreshes. Each fixture is one client; these
/// tests are what every one of them needs of a server.
/// </summary>
internal abstract class ReplayedClient
{
    protected const string Mcp = TestApp.Issuer + "/mcp";

    /// <summary>The web as far as metadata documents go.</summary>
    protected PublishedDocuments Web { get; } = new();

    protected TestApp App { get; private set; } = null!;

    /// <summary>Its metadata document as it is published, with the URL in <c>client_id</c>; null when it has none.</summary>
    protected virtual string? Document => null;

    /// <summary>The body of its registration.</summary>
    protected abstract string Registration { get; }

    /// <summary>Where it listens at run time.</summary>
    protected abstract string[] RedirectUris { get; }

    /// <summary>Where it listens at run time when its document is its identity.</summary>
    protected virtual string[] DocumentRedirectUris => RedirectUris;

    /// <summary>What it adds to a plain authorization request with PKCE.</summary>
    protected virtual (string Name, string? Value)[] Authorize => [("scope", "read"), ("resource", Mcp)];

    /// <summary>What it adds to a plain token request.</summary>
    protected virtual (string Name, string Value)[] Redeem => [("resource", Mcp)];

    /// <summary>What it adds to a plain refresh request.</summary>
    protected virtual (string Name, string Value)[] Refresh => [("resource", Mcp)];

    /// <summary>The scope it ends up with.</summary>
    protected virtual string Scope => "read";

    /// <summary>The method it must be registered with; it goes by what the answer says.</summary>
    protected virtual string Method => "none";

    /// <summary>What the consent page calls it.</summary>
    protected abstract string Name { get; }

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        App = await TestApp.StartAsync(
            o =>
            {
                o.ClientIdMetadataDocuments = true;
                o.DefaultResource = Mcp;
            },
            host: builder => builder.Services.AddSingleton(new DocumentFetcher(Web, TimeProvider.System))
        );
        if (Document is { } json)
            Web.Publish(JsonDocument.Parse(json).RootElement.GetProperty("client_id").GetString()!, json);
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await App.DisposeAsync();

    [Test]
    public async Task Its_registration_is_answered_as_it_reads_it()
    {
        var answer = await RegisterAsync();

        answer.Text("token_endpoint_auth_method").Should().Be(Method);
        answer.Json.TryGetProperty("client_secret", out _).Should().Be(Method != "none");
        answer.Json.TryGetProperty("client_secret_expires_at", out _).Should().Be(Method != "none");
        answer
            .Json.GetProperty("redirect_uris")
            .GetRawText()
            .Should()
            .Be(JsonDocument.Parse(Registration).RootElement.GetProperty("redirect_uris").GetRawText());
        answer.Json.GetProperty("grant_types").EnumerateArray().Select(g => g.GetString()).Should().Contain("authorization_code");
        answer.Body.Should().NotContain("null");
        answer.Text("client_id").Should().MatchRegex("^[A-Za-z0-9._~-]+$");
    }

    [Test]
    public async Task It_gets_in_at_each_of_its_addresses_and_stays_in()
    {
        foreach (var (clientId, secret) in await IdentitiesAsync())
        {
            foreach (var uri in clientId.StartsWith("https://", StringComparison.Ordinal) ? DocumentRedirectUris : RedirectUris)
            {
                var tokens = await SignInAsync(clientId, secret, uri);
                tokens.Text("scope").Should().Be(Scope);
                JwtPart(tokens.AccessToken(), 1).GetProperty("aud").GetString().Should().Be(Mcp);
                tokens.Text("token_type").Should().Be("Bearer");
                tokens.Json.GetProperty("expires_in").GetInt32().Should().Be(900);

                App.Clock.Advance(TimeSpan.FromHours(1));
                var refreshed = await App.PostAsync(
                    Token,
                    [
                        ("grant_type", "refresh_token"),
                        ("refresh_token", tokens.RefreshToken()),
                        .. Credentials(clientId, secret),
                        .. Refresh,
                    ]
                );
                refreshed.Status.Should().Be(200, refreshed.Body);
                refreshed.Text("scope").Should().Be(Scope);
                refreshed.RefreshToken().Should().NotBe(tokens.RefreshToken());
                (await App.IsActiveAsync(refreshed.AccessToken())).Should().BeTrue();
            }
        }
    }

    [Test]
    public async Task When_it_is_forgotten_it_is_told_in_the_code_it_acts_upon()
    {
        var answer = await App.PostAsync(Token, ("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", "hqc_forgotten"));

        answer.ShouldBeError("invalid_client", 401);
        (await App.NewUser().GetAsync(Url("hqc_forgotten", RedirectUris[0]))).ShouldBeErrorPage();
    }

    /// <summary>Registers it as it does.</summary>
    protected async Task<Answer> RegisterAsync()
    {
        var answer = await App.PostJsonAsync("/oauth2/register", Registration);
        answer.Status.Should().Be(201, answer.Body);
        return answer;
    }

    /// <summary>Who it is here: by its document, by registration, or by both.</summary>
    protected async Task<List<(string ClientId, string? Secret)>> IdentitiesAsync()
    {
        var identities = new List<(string, string?)>();
        if (Document is { } json)
            identities.Add((JsonDocument.Parse(json).RootElement.GetProperty("client_id").GetString()!, null));
        var answer = await RegisterAsync();
        identities.Add((answer.Text("client_id")!, answer.Text("client_secret")));
        return identities;
    }

    /// <summary>From the request to the tokens; the page names the client and where the answer goes.</summary>
    protected async Task<Answer> SignInAsync(string clientId, string? secret, string redirectUri, Browser? user = null)
    {
        user ??= App.NewUser();
        var page = await user.GetAsync(Url(clientId, redirectUri));
        page.IsConsentPage().Should().BeTrue(page.Body);
        page.Body.Should().Contain(Name).And.Contain(UriText.DisplayHost(redirectUri));
        var location = await user.PressAsync(page, "approve");
        location.Location.Should().StartWith(redirectUri);
        location.LocationParameter("state").Should().Be(State);
        location.LocationParameter("iss").Should().Be(TestApp.Issuer);
        var tokens = await App.PostAsync(
            Token,
            [
                ("grant_type", "authorization_code"),
                ("code", location.LocationParameter("code")!),
                ("redirect_uri", redirectUri),
                ("code_verifier", TestApp.Verifier),
                .. Credentials(clientId, secret),
                .. Redeem,
            ]
        );
        tokens.Status.Should().Be(200, tokens.Body);
        return tokens;
    }

    /// <summary>Its state, whatever is in it.</summary>
    protected virtual string State => "b1946ac92492d234";

    private string Url(string clientId, string redirectUri) =>
        TestApp.AuthorizeUrl(clientId, [("redirect_uri", redirectUri), ("state", State), ("scope", null), .. Authorize]);

    private (string Name, string Value)[] Credentials(string clientId, string? secret) =>
        Method switch
        {
            _ when secret is null => [("client_id", clientId)],
            "client_secret_post" => [("client_id", clientId), ("client_secret", secret)],
            // As it stands: several libraries encode nothing.
            _ => [("basic", $"{clientId}:{secret}")],
        };
}
