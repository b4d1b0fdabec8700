using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2.Tests;

/// <summary>A host without ASP.NET Core: the services of the core, and a code flow through its endpoints alone.</summary>
public sealed class CoreHostTests
{
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    [Test]
    public async Task A_code_flow_needs_the_core_alone()
    {
        await using var host = Host();
        await using var scope = host.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var authorize = services.GetRequiredService<AuthorizeEndpoint>();

        var asked = OAuthParameters.Of(
            ("response_type", "code"),
            ("client_id", "app"),
            ("code_challenge", Pkce.Challenge(Verifier)),
            ("code_challenge_method", "S256")
        );
        var valid = (AuthorizeResult.Valid)await authorize.ValidateAsync(asked, () => new("alice"), default);
        var yes = new Approval
        {
            Subject = "alice",
            Granted = null,
            Asked = true,
            FormCode = authorize.NewCode(),
            SignedInAt = null,
        };
        var code = (await authorize.ApproveAsync(valid.Request, yes, default)).Value;
        var tokens = await TokenAsync(("grant_type", "authorization_code"), ("code", code.ToWire()), ("code_verifier", Verifier));
        var refreshed = await TokenAsync(("grant_type", "refresh_token"), ("refresh_token", tokens.RefreshToken!));

        var verifier = services.GetRequiredService<AccessTokenVerifier>();
        (await verifier.VerifyAsync(refreshed.AccessToken, default))!.Subject.Should().Be("alice");

        async Task<TokenResponse> TokenAsync(params (string, string)[] form) =>
            (
                await services
                    .GetRequiredService<TokenEndpoint>()
                    .HandleAsync(new() { Parameters = OAuthParameters.Of([("client_id", "app"), .. form]) }, default)
            ).Value;
    }

    private static ServiceProvider Host()
    {
        var options = Given.Options(o => o.Clients.Add(new() { ClientId = "app" }));
        options.Clients[^1].RedirectUris.Add("https://app.example.com/cb");
        return new ServiceCollection()
            .AddHqOAuth2Core()
            .AddSingleton(Options.Create(options))
            .AddSingleton(new KeyProtection(Convert.ToBase64String, Convert.FromBase64String))
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .BuildServiceProvider(validateScopes: true);
    }
}
