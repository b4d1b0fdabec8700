using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Requests with a DPoP proof to the host of the tests.</summary>
internal static class DpopApp
{
    public const string TokenUrl = TestApp.Issuer + BackChannel.Token;
    public const string ReadUrl = TestApp.Issuer + "/api/read";

    /// <summary>A token request with these DPoP headers.</summary>
    public static Task<Answer> TokenAsync(this TestApp app, string[] proofs, params (string Name, string Value)[] form)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, BackChannel.Token)
        {
            Content = new FormUrlEncodedContent(form.Where(p => p.Name != "basic").Select(p => KeyValuePair.Create(p.Name, p.Value))),
        };
        if (form.FirstOrDefault(p => p.Name == "basic").Value is { } basic)
            request.Headers.TryAddWithoutValidation("Authorization", BackChannel.Basic(basic));
        foreach (var proof in proofs)
            request.Headers.TryAddWithoutValidation("DPoP", proof).Should().BeTrue();
        return app.SendAsync(request);
    }

    /// <summary>A valid proof for the token endpoint.</summary>
    public static string TokenProof(this TestApp app, ProofKey key, string? nonce = null) =>
        key.Proof("POST", TokenUrl, app.Clock.Now, nonce: nonce);

    /// <summary>The form with which a client redeems a code.</summary>
    public static (string Name, string Value)[] CodeForm(string client, string code) =>
        [("grant_type", "authorization_code"), ("code", code), ("code_verifier", TestApp.Verifier), .. TestApp.Credentials(client)];

    public static (string Name, string Value)[] RefreshForm(string client, string token) =>
        [("grant_type", "refresh_token"), ("refresh_token", token), .. TestApp.Credentials(client)];

    /// <summary>The tokens of a client that proves this key.</summary>
    public static async Task<Answer> BoundTokensAsync(
        this TestApp app,
        ProofKey key,
        string client = "spa",
        params (string Name, string? Value)[] changes
    )
    {
        var answer = await app.TokenAsync([app.TokenProof(key)], CodeForm(client, await app.CodeAsync(client, changes)));
        answer.Status.Should().Be(200, answer.Body);
        return answer;
    }

    public static Task<Answer> BoundRefreshAsync(this TestApp app, ProofKey? key, string client, string token) =>
        app.TokenAsync(key is null ? [] : [app.TokenProof(key)], RefreshForm(client, token));

    /// <summary>A request to an API with a token by a scheme, and these DPoP headers.</summary>
    public static Task<Answer> CallAsync(this TestApp app, string scheme, string token, string[] proofs, string path = "/api/read")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Authorization", $"{scheme} {token}").Should().BeTrue();
        foreach (var proof in proofs)
            request.Headers.TryAddWithoutValidation("DPoP", proof).Should().BeTrue();
        return app.SendAsync(request);
    }

    /// <summary>The same with a valid proof.</summary>
    public static Task<Answer> CallAsync(this TestApp app, ProofKey key, string token) =>
        app.CallAsync("DPoP", token, [key.Proof("GET", ReadUrl, app.Clock.Now, token)]);

    public static void ShouldRefuse(this Answer answer, int status, string code)
    {
        answer.Status.Should().Be(status, answer.Body);
        answer.Text("error").Should().Be(code);
        answer.Header("Cache-Control").Should().Contain("no-store");
    }
}
