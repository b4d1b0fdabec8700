using System.Security.Claims;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>A host is asked about an authorization only if it has something to say.</summary>
internal sealed class GrantGuardTests
{
    [TestCase(null, false, false)]
    [TestCase("acme", false, true)]
    [TestCase(null, true, true)]
    [TestCase("acme", true, true)]
    public async Task A_row_of_no_organization_at_a_host_without_a_policy_asks_nobody(string? organization, bool hasPolicy, bool asks)
    {
        var asked = 0;
        var services = new ServiceCollection().AddTransient(_ =>
        {
            asked++;
            return new GrantQuestion(
                new([], [], [], [], new TestClock()),
                new(new TestClock()),
                Given.Loop(new InMemoryAuthorizationStore()),
                Given.Events()
            );
        });
        if (hasPolicy)
            services.AddSingleton<IGrantPolicy, Policy>();
        await using var provider = services.BuildServiceProvider();
        var guard = new GrantGuard(new(provider), provider);

        (await guard.RefusalAsync(Given.Active().Row with { Organization = organization }, default)).Should().BeNull();

        asked.Should().Be(asks ? 1 : 0);
    }

    private sealed class Policy : IGrantPolicy
    {
        public ValueTask<string?> NoteAsync(ClaimsPrincipal user, CancellationToken ct) => new((string?)null);

        public ValueTask<GrantDecision> DecideAsync(Grant grant, CancellationToken ct) => new(GrantDecision.Allow);
    }
}
