using HQ.OAuth2.Tests;
using static HQ.OAuth2.AspNetCore.Tests.DpopApp;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Nonces of the authorization server (RFC 9449 §8).</summary>
internal sealed class DpopNonceTests
{
    private static readonly ProofKey key = ProofKey.New();
    private static readonly (string, string)[] form = [BackChannel.ClientCredentials, .. BackChannel.Machine];
    private TestApp app = null!;

    [SetUp]
    public async Task StartAsync() => app = await TestApp.StartAsync(o => o.RequireDpopNonce = true);

    [TearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test, Rfc("9449-8-1"), Rfc("9449-8.2-1"), Rfc("9449-11.3-1")]
    public async Task A_proof_without_a_nonce_is_told_which_to_use()
    {
        var first = await app.TokenAsync([app.TokenProof(key)], form);

        first.ShouldRefuse(400, "use_dpop_nonce");
        first.Headers.NonValidated["DPoP-Nonce"].Should().ContainSingle().Which.Should().MatchRegex("^[\\x21\\x23-\\x5B\\x5D-\\x7E]+$");
        first.Header("Access-Control-Expose-Headers").Should().Contain("DPoP-Nonce").And.Contain("WWW-Authenticate");
        var second = await app.TokenAsync([app.TokenProof(key, first.Header("DPoP-Nonce"))], form);
        second.Status.Should().Be(200, second.Body);
        second.Text("token_type").Should().Be("DPoP");
        // Without one it is refused after that too.
        (await app.TokenAsync([app.TokenProof(key)], form)).ShouldRefuse(400, "use_dpop_nonce");
    }

    [Test, Rfc("9449-8-2")]
    public async Task A_nonce_is_accepted_for_two_steps_and_each_answer_has_the_present_one()
    {
        var nonce = (await app.TokenAsync([app.TokenProof(key)], form)).Header("DPoP-Nonce")!;

        app.Clock.Advance(TimeSpan.FromMinutes(3));
        var later = await app.TokenAsync([app.TokenProof(key, nonce)], form);
        later.Status.Should().Be(200);
        later.Header("DPoP-Nonce").Should().NotBeNull().And.NotBe(nonce);
        app.Clock.Advance(TimeSpan.FromMinutes(3));
        (await app.TokenAsync([app.TokenProof(key, nonce)], form)).ShouldRefuse(400, "use_dpop_nonce");
        (await app.TokenAsync([app.TokenProof(key, "made-up")], form)).ShouldRefuse(400, "use_dpop_nonce");
        (await app.TokenAsync([app.TokenProof(key, later.Header("DPoP-Nonce"))], form)).Status.Should().Be(200);
    }

    [Test]
    public async Task A_client_without_a_proof_is_not_troubled()
    {
        var answer = await app.TokenAsync([], form);

        (answer.Status, answer.Text("token_type"), answer.Header("DPoP-Nonce")).Should().Be((200, "Bearer", null));
    }

    [Test]
    public async Task A_refused_nonce_consumes_nothing()
    {
        var code = await app.CodeAsync("spa");

        var first = await app.TokenAsync([app.TokenProof(key)], CodeForm("spa", code));

        first.ShouldRefuse(400, "use_dpop_nonce");
        (await app.TokenAsync([app.TokenProof(key, first.Header("DPoP-Nonce"))], CodeForm("spa", code))).Status.Should().Be(200);
    }

    [Test, Rfc("9449-8.2-1")]
    public async Task A_browser_may_send_the_header()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, BackChannel.Token);
        request.Headers.Add("Origin", "https://spa.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "dpop");

        (await app.SendAsync(request)).Header("Access-Control-Allow-Headers").Should().Contain("DPoP");
    }
}
