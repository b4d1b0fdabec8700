namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The TypeScript SDK: goes by the method of the answer, and encodes nothing in Basic (the SDK itself runs in the interop tests).</summary>
internal sealed class TypeScriptSdkTests : ReplayedClient
{
    protected override string Name => "TypeScript client";

    protected override string Method => "client_secret_basic";

    protected override string Registration =>
        """
            {"redirect_uris":["http://localhost:8090/callback"],"client_name":"TypeScript client","token_endpoint_auth_method":"client_secret_basic",
             "grant_types":["authorization_code","refresh_token"],"response_types":["code"]}
            """;

    protected override string[] RedirectUris => ["http://localhost:8090/callback"];

    [Test]
    public async Task A_failure_at_token_is_JSON_whatever_it_is()
    {
        // The SDK starts a new login if it cannot parse an error.
        (await App.PostAsync(BackChannel.Token, ("grant_type", "nonsense"), ("client_id", "spa"))).ShouldBeError("unsupported_grant_type");
        (await App.RawAsync(BackChannel.Token, "\u0000")).ContentType.Should().Be("application/json");
    }
}
