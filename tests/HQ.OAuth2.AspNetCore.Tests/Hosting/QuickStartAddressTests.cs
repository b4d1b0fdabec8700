using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The sample that is moved by <c>--urls</c> alone, and its page for the code flow by hand.</summary>
internal sealed class QuickStartAddressTests
{
    [TestCase("http://localhost:5123", "http://localhost:5123")]
    [TestCase("http://*:5124;http://localhost:5125", "http://localhost:5124")]
    [TestCase("http://0.0.0.0:5126/", "http://localhost:5126")]
    [TestCase(null, "http://localhost:5080")]
    public async Task Urls_alone_move_the_issuer_and_the_redirect_of_the_demo_client(string? urls, string issuer)
    {
        await using var factory = new Moved(urls);
        using var http = factory.CreateClient(new() { AllowAutoRedirect = false, BaseAddress = new(issuer) });

        var metadata = JsonDocument.Parse(await http.GetStringAsync("/.well-known/oauth-authorization-server")).RootElement;
        metadata.GetProperty("issuer").GetString().Should().Be(issuer);

        var request =
            $"/oauth2/authorize?response_type=code&client_id=demo-web&redirect_uri={Uri.EscapeDataString(issuer + "/callback")}"
            + $"&scope=read&code_challenge={TestApp.Challenge}&code_challenge_method=S256";
        using var answer = await http.GetAsync(request);
        answer.Headers.Location!.OriginalString.Should().Contain("/login");
    }

    [Test]
    public async Task The_callback_page_shows_the_next_step_for_a_code_of_the_server_only()
    {
        await using var factory = new Moved(null);
        using var http = factory.CreateClient();

        (await http.GetStringAsync("/callback?code=hqa_0123.abc-DEF_9"))
            .Should()
            .Contain("curl -s -u demo-web:demo-web-secret http://localhost:5080/oauth2/token")
            .And.Contain("code=hqa_0123.abc-DEF_9")
            .And.Contain("redirect_uri=http://localhost:5080/callback")
            .And.Contain("code_verifier=");
        foreach (var code in new[] { "a;rm -rf ~", "$(id)", "a\nb", "`id`" })
            (await http.GetStringAsync("/callback?code=" + Uri.EscapeDataString(code))).Should().NotContain("curl");
    }

    private sealed class Moved(string? urls) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseSetting("store:provider", "memory");
            if (urls is not null)
                builder.UseSetting("urls", urls);
        }
    }
}
