using System.Text.Json;
using HQ.OAuth2.Tests;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Resource indicators at the token endpoint (RFC 8707).</summary>
internal sealed class ResourceTests : SharedApp
{
    private const string Reads = "https://api.example.com/reads";
    private const string Writes = "https://api.example.com/writes?v=1";
    private const string Plain = "https://api.example.com/plain";
    private const string Own = TestApp.Issuer + "/mcp";

    protected override void Options(HqOAuth2Options o)
    {
        o.Resources.Add(new() { Identifier = Reads, Scopes = { "read" } });
        o.Resources.Add(new() { Identifier = Writes, Scopes = { "read", "write" } });
        o.Resources.Add(new() { Identifier = Plain });
    }

    [Test, Rfc("8707-2.1-1"), Rfc("8707-2-5"), Rfc("9068-2.2-3")]
    public async Task The_authorized_resources_are_the_audience_of_every_token_of_the_grant()
    {
        var tokens = await App.TokensAsync("spa", ("resource", Plain));
        (await AudienceAsync(tokens)).Should().Be($"\"{Plain}\"");
        (await AudienceAsync(await App.RefreshAsync("spa", tokens.RefreshToken()))).Should().Be($"\"{Plain}\"");
    }

    [Test, Rfc("8707-2.1-2"), Rfc("9068-3-1"), Rfc("9700-2.3-2")]
    public async Task Without_a_resource_the_audience_is_the_default_one()
    {
        (await AudienceAsync(await App.TokensAsync("spa"))).Should().Be($"\"{TestApp.Issuer}\"");
        (await AudienceAsync(await App.MachineTokenAsync())).Should().Be($"\"{TestApp.Issuer}\"");

        await using var app = await TestApp.StartAsync(o => o.DefaultResource = Plain);
        JwtPart((await app.TokensAsync("spa")).AccessToken(), 1).GetProperty("aud").GetString().Should().Be(Plain);
    }

    [Test, Rfc("8707-2.2-1"), Rfc("8707-2.2-2"), Rfc("8707-2-3"), Rfc("8707-2-5"), Rfc("9700-4.14.2-2")]
    public async Task A_token_request_may_narrow_the_resources_and_the_refresh_token_keeps_them_all()
    {
        var code = await App.CodeOfAsync("spa", Plain, Own);
        (await App.RedeemAsync("spa", code, ("resource", Writes))).ShouldBeError("invalid_target");
        (await App.RedeemAsync("spa", code, ("resource", Plain), ("resource", Writes))).ShouldBeError("invalid_target");

        var one = await App.RedeemAsync("spa", code, ("resource", Plain));
        (await AudienceAsync(one)).Should().Be($"\"{Plain}\"");
        (await App.RefreshAsync("spa", one.RefreshToken(), ("resource", Writes))).ShouldBeError("invalid_target");
        var other = await App.RefreshAsync("spa", one.RefreshToken(), ("resource", Own));
        (await AudienceAsync(other)).Should().Be($"\"{Own}\"");
        var both = await App.RefreshAsync("spa", other.RefreshToken());
        (await AudienceAsync(both)).Should().Be($"[\"{Plain}\",\"{Own}\"]");
    }

    [TestCase("mcp.example.com")]
    [TestCase("/mcp")]
    [TestCase("//api.example.com/plain")]
    [TestCase(Plain + "#x")]
    [TestCase(Plain + "#")]
    [TestCase(Plain + "/")]
    [TestCase(Plain + "?x=1")]
    [TestCase("https://api.example.com/PLAIN")]
    [TestCase("https://api.example.com/writes")]
    [TestCase("https://unknown.example/")]
    [TestCase("https://auth.example.com.evil.example/")]
    [TestCase("https://auth.example.com@evil.example/")]
    [TestCase("http://auth.example.com/mcp")]
    [TestCase("not a uri")]
    [TestCase("*")]
    [Rfc("8707-2-1")]
    [Rfc("8707-2-4")]
    [Rfc("8707-2.2-4")]
    public async Task A_resource_that_is_malformed_or_unknown_is_invalid_target(string resource)
    {
        (await App.PostAsync(Token, [ClientCredentials, .. Machine, ("resource", resource)])).ShouldBeError("invalid_target");
        var tokens = await App.TokensAsync("spa");
        (await App.RefreshAsync("spa", tokens.RefreshToken(), ("resource", resource))).ShouldBeError("invalid_target");
        (await App.RefreshAsync("spa", tokens.RefreshToken())).Status.Should().Be(200, "the refused request spent nothing");
    }

    [Test, Rfc("8707-2.2-4"), Rfc("8707-2-2"), Rfc("8707-2-3")]
    public async Task Client_credentials_honour_the_parameter()
    {
        (await AudienceAsync(await App.MachineTokenAsync(("resource", Writes)))).Should().Be($"\"{Writes}\"");
        (await AudienceAsync(await App.MachineTokenAsync(("resource", Plain), ("resource", Own)))).Should().Be($"[\"{Plain}\",\"{Own}\"]");
        (await AudienceAsync(await App.MachineTokenAsync(("resource", Plain), ("resource", Plain)))).Should().Be($"\"{Plain}\"");
        (await AudienceAsync(await App.MachineTokenAsync(("resource", "HTTPS://API.example.com/plain"))))
            .Should()
            .Be($"\"{Plain}\"", "as configured");
    }

    [Test, Rfc("8707-2.2-3"), Rfc("9068-2.2.3-2"), Rfc("9068-2.2.3-1"), Rfc("6749-3.3-3")]
    public async Task The_scope_is_what_the_resource_understands_and_is_told()
    {
        var code = await App.CodeOfAsync("spa", Reads, Writes);
        var reads = await App.RedeemAsync("spa", code, ("resource", Reads));
        reads.Text("scope").Should().Be("read");
        JwtPart(reads.AccessToken(), 1).GetProperty("scope").GetString().Should().Be("read");
        (await App.IntrospectAsync(reads.AccessToken())).Text("scope").Should().Be("read");

        var writes = await App.RefreshAsync("spa", reads.RefreshToken(), ("resource", Writes));
        writes.Scopes().Should().Equal("read", "write");
        (await App.MachineTokenAsync(("resource", Reads), ("scope", "read write"))).Text("scope").Should().Be("read");
    }

    [Test, Rfc("8707-2-4")]
    public async Task A_scope_that_means_nothing_to_the_resource_is_invalid_target()
    {
        (await App.PostAsync(Token, [ClientCredentials, .. Machine, ("resource", Reads), ("scope", "write")])).ShouldBeError(
            "invalid_target"
        );

        (await App.NewBrowser().GetAsync(TestApp.AuthorizeUrl("spa", ("resource", Reads), ("scope", "write")))).ShouldBeErrorRedirect(
            "invalid_target"
        );

        var code = await App.CodeOfAsync("spa", "write", [Reads, Writes]);
        (await App.RedeemAsync("spa", code, ("resource", Reads))).ShouldBeError("invalid_target");
        var tokens = await App.RedeemAsync("spa", code, ("resource", Writes));
        tokens.Text("scope").Should().Be("write");
        (await App.RefreshAsync("spa", tokens.RefreshToken(), ("resource", Reads))).ShouldBeError("invalid_target");
        (await App.RefreshAsync("spa", tokens.RefreshToken())).Status.Should().Be(200, "the refused request spent nothing");
    }

    [Test, Rfc("9068-5-1")]
    public async Task Two_resources_with_one_identifier_stop_the_start()
    {
        var start = async () =>
            await TestApp.StartAsync(o =>
            {
                o.Resources.Add(new() { Identifier = Plain });
                o.Resources.Add(new() { Identifier = Plain, Name = "again" });
            });
        (await start.Should().ThrowAsync<Exception>()).WithMessage("*resources:identifier*");
    }

    private async Task<string> AudienceAsync(Answer answer)
    {
        answer.Status.Should().Be(200, answer.Body);
        var audience = (await App.IntrospectAsync(answer.AccessToken())).Json.GetProperty("aud");
        JsonSerializer.Serialize(JwtPart(answer.AccessToken(), 1).GetProperty("aud")).Should().Be(JsonSerializer.Serialize(audience));
        return JsonSerializer.Serialize(audience);
    }
}
