using HQ.OAuth2.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace HQ.OAuth2;

/// <summary>What a proof is by default, and when it is limited.</summary>
internal sealed class ClientProofTests
{
    private static readonly Client client = Given.Client();

    [Test]
    public async Task A_proof_of_a_host_is_slow_and_unknown_unless_it_says_otherwise()
    {
        var (right, wrong) = (new Proof(true), new Proof(false));

        (right.IsSlow, await right.IsKnownAsync(client, default), await right.CheckAsync(client, default)).Should().Be((true, false, null));
        (await wrong.CheckAsync(client, default)).ShouldBe(OAuthError.InvalidClient);
    }

    [Test]
    public async Task A_public_client_has_nothing_that_could_be_guessed()
    {
        var proof = new NoProof("app");

        (proof.ClientId, await proof.IsKnownAsync(client, default), await proof.IsOfAsync(client, default))
            .Should()
            .Be(("app", true, true));
    }

    [Test]
    public async Task A_right_proof_whose_place_others_took_counts()
    {
        var (limits, check) = Limits();
        limits.TryGuess("app", "192.0.2.1", isSlow: true).Failed(out _, out var place).Should().BeFalse();
        using var held = place!;

        (await check.CheckAsync(new Proof(true), client, "192.0.2.1", default)).ShouldBe(OAuthError.TooManyRequests);
        (await check.CheckAsync(new Proof(true), client, "192.0.2.2", default)).Should().BeNull("it is another address");
        (await check.CheckAsync(new KnownLater(), client, "192.0.2.1", default)).Should().BeNull("another request has just verified it");
    }

    [Test]
    public async Task Only_a_wrong_proof_keeps_its_place()
    {
        var (_, check) = Limits();

        (await check.CheckAsync(new Proof(true), client, null, default)).Should().BeNull();
        (await check.CheckAsync(new Unavailable(), client, null, default)).ShouldBe(OAuthError.TemporarilyUnavailable);
        (await check.CheckAsync(new Proof(false), client, null, default)).ShouldBe(OAuthError.InvalidClient);
        (await check.CheckAsync(new Proof(true), client, null, default)).ShouldBe(OAuthError.TooManyRequests);
    }

    [Test]
    public async Task A_secret_for_no_client_keeps_its_place_too()
    {
        using var secrets = new ClientSecrets(new ServerSettings(Given.Options()), new TestClock(), NullLogger<ClientSecrets>.Instance);
        var (_, check) = Limits();

        await check.SpendAsync(new SecretProof("nobody", "x", secrets), null, default);
        await check.SpendAsync(new SecretProof("nobody", "x", secrets), null, default);

        secrets.Computations.Should().Be(1, "the address has had its number");
    }

    [Test]
    public void A_secret_is_empty_or_not()
    {
        using var secrets = new ClientSecrets(new ServerSettings(Given.Options()), new TestClock(), NullLogger<ClientSecrets>.Instance);

        new SecretProof("app", "", secrets).IsEmpty.Should().BeTrue();
        new SecretProof("app", "x", secrets).IsEmpty.Should().BeFalse();
    }

    private static (RequestLimits, ProofCheck) Limits()
    {
        var settings = new ServerSettings(Given.Options(o => o.Limits.FailedAuthenticationsPerMinute = 1));
        var limits = new RequestLimits(settings, new TestClock());
        return (limits, new(limits));
    }

    private sealed class Proof(bool isRight) : ClientProof("app")
    {
        public override ValueTask<bool> IsOfAsync(Client client, CancellationToken ct) => new(isRight);
    }

    private sealed class KnownLater() : ClientProof("app")
    {
        private int asked;

        public override ValueTask<bool> IsKnownAsync(Client client, CancellationToken ct) => new(asked++ > 0);

        public override ValueTask<bool> IsOfAsync(Client client, CancellationToken ct) => throw new InvalidOperationException();
    }

    private sealed class Unavailable() : ClientProof("app")
    {
        public override ValueTask<bool> IsOfAsync(Client client, CancellationToken ct) => throw new InvalidOperationException();

        public override ValueTask<OAuthError?> CheckAsync(Client client, CancellationToken ct) => new(OAuthError.TemporarilyUnavailable);
    }
}
