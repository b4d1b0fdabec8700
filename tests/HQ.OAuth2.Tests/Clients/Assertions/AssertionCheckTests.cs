using HQ.OAuth2.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace HQ.OAuth2;

/// <summary>A whole check of an assertion: which key, and what is spent when.</summary>
internal sealed class AssertionCheckTests
{
    private const string Document = "https://app.example.com/client.json";

    private static readonly ProofKey key = ProofKey.New();

    private TestClock clock = null!;
    private PublishedDocuments web = null!;
    private InMemoryTicketStore tickets = null!;

    [SetUp]
    public void A_server() => (clock, web, tickets) = (new(), new(), new(new TestClock()));

    [Test, Rfc("7523-3-8")]
    public async Task It_is_right_once()
    {
        var text = Sign(key);

        (await CheckAsync(text)).Should().BeNull();
        (await tickets.FindAsync(ClientAssertion.Read(text)!.TicketKey(), default)).Should().BeEmpty("nothing of an assertion is stored");
        (await CheckAsync(text))!.Reason.Should().Contain("used before");
        (await CheckAsync(Sign(key))).Should().BeNull("another one has another jti");
    }

    [Test]
    public async Task What_is_wrong_spends_nothing()
    {
        var right = key.Sign(Claims("one"));
        var stranger = ProofKey.New().Sign(Claims("one"));
        var late = key.Sign(Claims("one", c => c["exp"] = 7));

        (await CheckAsync(stranger))!.Reason.Should().Contain("signature");
        (await CheckAsync(late))!.Reason.Should().Contain("expired");

        (await CheckAsync(right)).Should().BeNull();
    }

    [Test]
    public async Task The_jti_of_one_client_is_not_that_of_another()
    {
        var other = Given.Client("other", ClientType.Confidential) with { Jwks = ProofKey.Set(key) };

        (await CheckAsync(key.Sign(Claims("one")))).Should().BeNull();
        (await CheckAsync(key.Sign(Given.AssertionClaims("other", jti: "one")), other)).Should().BeNull();
    }

    [Test, Rfc("7523-3-9")]
    public async Task Only_a_registered_key_counts()
    {
        var stranger = ProofKey.New();
        var text = stranger.Sign(
            Claims("one"),
            header: h =>
            {
                h["jwk"] = stranger.Jwk.DeepClone();
                h["jku"] = "https://evil.example/keys";
                h["x5u"] = "https://evil.example/chain";
            }
        );

        (await CheckAsync(text))!.Code.Should().Be("invalid_client");
        web.Fetches.Should().Be(0);
    }

    [Test, Rfc("7523-3-9")]
    public async Task A_key_id_that_no_key_has_is_refused_without_trying_others()
    {
        (await CheckAsync(key.Sign(Claims("one"), header: h => h["kid"] = "other")))!.Reason.Should().Contain("kid");
        (await CheckAsync(key.Sign(Claims("one"), header: h => h.Remove("kid")))).Should().BeNull("the client has one key");
    }

    [Test]
    public async Task A_client_without_keys_proves_nothing()
    {
        (await CheckAsync(Sign(key), Client with { Jwks = null }))!.Reason.Should().Contain("no keys");
        (await CheckAsync(Sign(key), Client with { Jwks = "not json" }))!.Code.Should().Be("invalid_client");
    }

    [TestCase("https://app.example.com/keys", true)]
    [TestCase("https://keys.example.com/keys", false)]
    [TestCase("https://app.example.com:8443/keys", false)]
    [TestCase("http://app.example.com/keys", false)]
    public async Task The_document_of_a_client_vouches_for_keys_on_its_own_origin_only(string url, bool counts)
    {
        web.Publish(url, ProofKey.Set(key));
        var client = Given.Client(Document) with { Provenance = ClientProvenance.Cimd, JwksUri = url };

        var error = await CheckAsync(key.Sign(Given.AssertionClaims(Document)), client);

        (error is null).Should().Be(counts);
        web.Fetches.Should().Be(counts ? 1 : 0);
    }

    [Test]
    public async Task A_store_that_is_down_is_no_answer()
    {
        var check = new AssertionCheck(Keys(), new BrokenTickets(), new ServerSettings(Given.Options()), clock);

        await FluentActions
            .Awaiting(() => check.CheckAsync(ClientAssertion.Read(Sign(key))!, Client, mayFetch: true, default).AsTask())
            .Should()
            .ThrowAsync<TimeoutException>();
    }

    [Test]
    public async Task A_proof_is_checked_once_whatever_is_asked()
    {
        var proof = new AssertionProof(ClientAssertion.Read(Sign(key)), () => Check());

        (await proof.IsKnownAsync(Client, default)).Should().BeTrue();
        (await proof.IsKnownAsync(Client, default)).Should().BeTrue();
        (await proof.IsOfAsync(Client, default)).Should().BeTrue();
        (await proof.CheckAsync(Client, default)).Should().BeNull();
    }

    [Test]
    public async Task Keys_that_must_be_fetched_are_not_fetched_before_a_limit_counts()
    {
        const string url = "https://app.example.com/keys";
        web.Publish(url, ProofKey.Set(key));
        var client = Client with { Jwks = null, JwksUri = url };
        var check = Check();
        var proof = new AssertionProof(ClientAssertion.Read(Sign(key)), () => check);

        (await proof.IsKnownAsync(client, default)).Should().BeFalse();
        web.Fetches.Should().Be(0);
        (await proof.CheckAsync(client, default)).Should().BeNull();
        web.Fetches.Should().Be(1);
        (await new AssertionProof(ClientAssertion.Read(Sign(key)), () => check).IsKnownAsync(client, default)).Should().BeTrue();
    }

    [Test]
    public async Task An_assertion_that_cannot_be_read_is_refused_and_takes_no_slow_place()
    {
        var proof = new AssertionProof(null, () => Check());

        proof.IsSlow.Should().BeFalse();
        proof.ClientId.Should().BeNull();
        (await proof.IsKnownAsync(Client, default)).Should().BeFalse();
        (await proof.CheckAsync(Client, default))!.Reason.Should().Contain("cannot be read");
    }

    private static Client Client => Given.Client("app", ClientType.Confidential) with { Jwks = ProofKey.Set(key) };

    private static string Sign(ProofKey key) => key.Sign(Given.AssertionClaims("app"));

    private static System.Text.Json.Nodes.JsonObject Claims(string jti, Action<System.Text.Json.Nodes.JsonObject>? change = null)
    {
        var claims = Given.AssertionClaims("app", jti: jti);
        change?.Invoke(claims);
        return claims;
    }

    private ValueTask<OAuthError?> CheckAsync(string text, Client? client = null) =>
        Check().CheckAsync(ClientAssertion.Read(text)!, client ?? Client, mayFetch: true, default);

    private AssertionCheck Check() => new(Keys(), tickets, new ServerSettings(Given.Options()), clock);

    private ClientKeys Keys() =>
        new(() => new(new(web, clock), new ServerSettings(Given.Options()), clock, NullLogger<PublishedKeySets>.Instance), clock);

    private sealed class BrokenTickets : ITicketStore
    {
        public ValueTask<bool> TryAddAsync(string key, string value, DateTimeOffset until, CancellationToken ct) =>
            throw new TimeoutException();

        public ValueTask<string?> FindAsync(string key, CancellationToken ct) => throw new TimeoutException();

        public ValueTask<bool> TryReplaceAsync(string key, string expected, string value, CancellationToken ct) =>
            throw new TimeoutException();

        public ValueTask<bool> TryRemoveAsync(string key, CancellationToken ct) => throw new TimeoutException();

        public ValueTask<int> RemoveExpiredAsync(int limit, CancellationToken ct) => throw new TimeoutException();
    }
}
