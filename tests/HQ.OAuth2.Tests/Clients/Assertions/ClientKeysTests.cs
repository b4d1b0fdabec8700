using HQ.OAuth2.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace HQ.OAuth2;

internal sealed class ClientKeysTests
{
    [Test]
    public async Task Keys_of_a_registration_are_read_once()
    {
        var (key, clock) = (ProofKey.New(), new TestClock());
        using var fetcher = new DocumentFetcher(new PublishedDocuments(), clock);
        var settings = new ServerSettings(Given.Options());
        var keys = new ClientKeys(() => new(fetcher, settings, clock, NullLogger<PublishedKeySets>.Instance), clock);
        var client = Given.Client("app", ClientType.Confidential) with { Jwks = ProofKey.Set(key) };
        var jwt = SignedJwt.Read(key.Sign(Given.AssertionClaims("app", jti: "one")))!;

        var first = await keys.FindAsync(client, jwt, mayFetch: false, default);
        var second = await keys.FindAsync(client, jwt, mayFetch: false, default);

        second.Value.Should().BeSameAs(first.Value);
    }
}
