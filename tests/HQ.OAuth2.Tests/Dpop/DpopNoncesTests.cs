using HQ.OAuth2.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace HQ.OAuth2;

internal sealed class DpopNoncesTests
{
    private readonly InMemoryKeyStore store = new();
    private readonly TestClock clock = new();
    private readonly List<TokenKeys> nodes = [];

    [TearDown]
    public void Stop() => nodes.ForEach(n => n.Dispose());

    [Test, Rfc("9449-8-2")]
    public async Task A_nonce_of_one_node_is_accepted_by_every_other_for_the_present_step_and_the_next()
    {
        var (one, other) = (Node(), Node());
        // The beginning of a step.
        var begin = DateTimeOffset.FromUnixTimeSeconds(clock.Now.ToUnixTimeSeconds() / 180 * 180);

        var nonce = await one.CurrentAsync(begin, default);

        nonce.Should().MatchRegex("^[A-Za-z0-9_-]{22}$");
        (await one.CurrentAsync(begin.AddSeconds(179), default)).Should().Be(nonce);
        (await one.CurrentAsync(begin.AddSeconds(180), default)).Should().NotBe(nonce);
        (await other.AcceptedAsync(begin, default)).Should().Contain(nonce);
        (await other.AcceptedAsync(begin.AddSeconds(359), default)).Should().Contain(nonce);
        (await other.AcceptedAsync(begin.AddSeconds(360), default)).Should().NotContain(nonce);
        (await other.AcceptedAsync(begin.AddSeconds(-1), default)).Should().NotContain(nonce);
    }

    [Test, Rfc("9449-8-2")]
    public async Task A_server_with_other_keys_has_other_nonces()
    {
        var mine = await Node().CurrentAsync(clock.Now, default);
        var theirs = await Node(new InMemoryKeyStore()).AcceptedAsync(clock.Now, default);

        theirs.Should().HaveCount(2).And.OnlyHaveUniqueItems().And.NotContain(mine);
    }

    [Test]
    public async Task A_nonce_is_made_by_the_key_that_was_active_when_its_step_began()
    {
        var nonces = Node();
        await nonces.CurrentAsync(clock.Now, default);
        clock.Advance(TimeSpan.FromDays(89));
        await nodes[0].RefreshAsync(default);
        clock.Advance(TimeSpan.FromDays(2));
        var (step, nonce) = (clock.Now, await nonces.CurrentAsync(clock.Now, default));

        clock.Advance(TimeSpan.FromDays(2));
        (await nodes[0].RefreshAsync(default)).Encryption.Should().ContainSingle("the first key is retired");

        (await nonces.CurrentAsync(step, default)).Should().Be(nonce);
    }

    private DpopNonces Node(IKeyStore? keys = null)
    {
        var node = new TokenKeys(
            keys ?? store,
            new(Convert.ToBase64String, Convert.FromBase64String),
            new ServerSettings(Given.Options()),
            clock,
            NullLogger<TokenKeys>.Instance
        );
        nodes.Add(node);
        return new(node);
    }
}
