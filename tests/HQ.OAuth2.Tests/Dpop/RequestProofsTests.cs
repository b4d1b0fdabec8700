using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>Which key a request to the server's own endpoints proves.</summary>
internal sealed class RequestProofsTests
{
    private const string Token = "https://auth.example.com/oauth2/token";
    private const string Par = "https://auth.example.com/oauth2/par";
    private const string Path = "/oauth2/token";

    private static readonly ProofKey key = ProofKey.New();
    private static readonly DateTimeOffset now = TestClock.Start;
    private static readonly Client client = Given.Client();

    [Test]
    public async Task A_request_without_a_proof_proves_no_key()
    {
        await using var host = new CoreHost(clock: new TestClock());
        var proofs = host.Get<RequestProofs>();

        (await proofs.KeyAsync(With(), Path, now, default)).Value.Should().Be(ProvenKey.None);
        (await proofs.TokenKeyAsync(With(), client, now, default)).Value.Should().Be(ProvenKey.None);
        (await proofs.PushKeyAsync(With(), default)).Value.Should().Be(ProvenKey.None);
        proofs.Verifications.Should().Be(0);
    }

    [Test]
    public async Task A_proof_is_for_the_address_of_its_endpoint_and_a_POST()
    {
        await using var host = new CoreHost(clock: new TestClock());
        var proofs = host.Get<RequestProofs>();

        (await proofs.KeyAsync(With(key.Proof("POST", Token, now)), Path, now, default)).Value.Thumbprint.Should().Be(key.Thumbprint());
        (await proofs.TokenKeyAsync(With(key.Proof("POST", Token, now)), client, now, default))
            .Value.Thumbprint.Should()
            .Be(key.Thumbprint());
        (await proofs.PushKeyAsync(With(key.Proof("POST", Par, now)), default)).Value.Thumbprint.Should().Be(key.Thumbprint());
        proofs.Verifications.Should().Be(3);
        (await ErrorAsync(proofs.PushKeyAsync(With(key.Proof("POST", Token, now)), default))).Code.Should().Be("invalid_dpop_proof");
        (await ErrorAsync(proofs.KeyAsync(With(key.Proof("GET", Token, now)), Path, now, default))).Code.Should().Be("invalid_dpop_proof");
        (await ErrorAsync(proofs.KeyAsync(With(key.Proof("POST", Token, now.AddHours(-1))), Path, now, default)))
            .Code.Should()
            .Be("invalid_dpop_proof");
        (await ErrorAsync(proofs.KeyAsync(new() { Proofs = [] }, Path, now, default))).Code.Should().Be("invalid_dpop_proof");
    }

    [Test, Rfc("9449-5.2-1")]
    public async Task A_client_that_must_prove_a_key_does_not_get_tokens_without_a_proof()
    {
        await using var host = new CoreHost(clock: new TestClock());
        await using var strict = new CoreHost(o => o.Profile = SecurityProfile.Fapi2, new TestClock());
        var bound = client with { DpopBoundAccessTokens = true };

        (await ErrorAsync(host.Get<RequestProofs>().TokenKeyAsync(With(), bound, now, default))).ShouldBe(OAuthError.ProofMissing);
        (await ErrorAsync(strict.Get<RequestProofs>().TokenKeyAsync(With(), client, now, default))).ShouldBe(OAuthError.ProofMissing);
        (await host.Get<RequestProofs>().TokenKeyAsync(With(key.Proof("POST", Token, now)), bound, now, default))
            .Value.Thumbprint.Should()
            .Be(key.Thumbprint());
    }

    [Test, Rfc("9449-10.1-1")]
    public async Task The_key_of_a_pushed_request_is_that_of_the_proof_and_of_the_parameter()
    {
        await using var host = new CoreHost(clock: new TestClock());
        var proofs = host.Get<RequestProofs>();

        (await proofs.PushKeyAsync(With(null, ("dpop_jkt", "some")), default)).Value.Thumbprint.Should().Be("some");
        (await proofs.PushKeyAsync(With(key.Proof("POST", Par, now), ("dpop_jkt", key.Thumbprint())), default))
            .Value.Thumbprint.Should()
            .Be(key.Thumbprint());
        (await ErrorAsync(proofs.PushKeyAsync(With(key.Proof("POST", Par, now), ("dpop_jkt", "some")), default)))
            .Code.Should()
            .Be("invalid_dpop_proof");
    }

    [Test, Rfc("9449-8-1")]
    public async Task A_nonce_is_demanded_and_given_only_where_the_option_says_so()
    {
        await using var host = new CoreHost(clock: new TestClock());
        await using var demanding = new CoreHost(o => o.RequireDpopNonce = true, new TestClock());
        var proofs = demanding.Get<RequestProofs>();
        var sent = With(key.Proof("POST", Token, now));

        (await host.Get<RequestProofs>().NonceAsync(sent, now, default)).Should().BeNull();
        (await proofs.NonceAsync(With(), now, default)).Should().BeNull("it has no proof");
        var nonce = (await proofs.NonceAsync(sent, now, default))!;
        nonce.Should().NotBeEmpty();
        (await ErrorAsync(proofs.KeyAsync(sent, Path, now, default))).Should().Be(OAuthError.UseNonce);
        (await proofs.KeyAsync(With(key.Proof("POST", Token, now, claims: c => c["nonce"] = nonce)), Path, now, default))
            .Value.Thumbprint.Should()
            .Be(key.Thumbprint());
    }

    [Test]
    public async Task A_profile_without_PKCS_1_refuses_proofs_that_are_signed_by_it()
    {
        await using var strict = new CoreHost(o => o.Profile = SecurityProfile.Fapi2, new TestClock());
        var (old, current) = (ProofKey.New("RS256"), ProofKey.New("PS256"));

        (await ErrorAsync(strict.Get<RequestProofs>().KeyAsync(With(old.Proof("POST", Token, now)), Path, now, default)))
            .Code.Should()
            .Be("invalid_dpop_proof");
        (await strict.Get<RequestProofs>().KeyAsync(With(current.Proof("POST", Token, now)), Path, now, default))
            .Value.Thumbprint.Should()
            .Be(current.Thumbprint());
    }

    private static OAuthRequest With(string? proof = null, params (string, string)[] form) =>
        new() { Proofs = proof is null ? null : [proof], Parameters = OAuthParameters.Of(form) };

    private static async Task<OAuthError> ErrorAsync(ValueTask<Outcome<ProvenKey>> outcome)
    {
        (await outcome).Failed(out var error, out _).Should().BeTrue();
        return error!;
    }
}
