using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.Tests;

/// <summary>What a user has allowed before: when it stands for an answer, and what a consent page says of it.</summary>
internal sealed class EarlierConsentsTests
{
    [TestCase(90, false, true)]
    [TestCase(90, true, false)]
    [TestCase(0, false, false)]
    public async Task An_earlier_consent_is_used_unless_the_client_or_the_host_wants_the_user_asked(int days, bool mustAsk, bool isUsed)
    {
        await using var host = new CoreHost(o => o.RememberConsentFor = TimeSpan.FromDays(days), new TestClock());
        var given = await AddAsync(host, "alice", "read");
        await host.WithAsync<ConsentIndex, bool>(async index =>
        {
            await index.NoteAsync(given);
            return true;
        });
        var request = new AuthorizationRequest
        {
            Client = Given.Client(),
            RedirectUri = Given.RedirectUri,
            Scope = ScopeSet.Of("read"),
            Resources = ["https://auth.example.com"],
            MustAsk = mustAsk,
        };

        var found = await host.WithAsync((EarlierConsents consents) => consents.FindCoveringAsync(request, "alice", default));

        (found?.Id).Should().Be(isUsed ? given.Id : null);
    }

    [TestCase("alice", true)]
    [TestCase("bob", false)]
    [TestCase(null, false)]
    public async Task A_page_says_what_this_user_lets_the_client_do_already(string? subject, bool isGranted)
    {
        await using var host = new CoreHost(clock: new TestClock());
        await AddAsync(host, "alice", "read");

        var model = await DescribeAsync(host, subject);

        model.Scopes.Select(s => (s.Name, s.AlreadyGranted)).Should().Equal(("read", isGranted), ("write", false));
    }

    [Test]
    public async Task A_page_counts_the_newest_authorizations_when_there_are_many()
    {
        await using var host = new CoreHost(clock: new TestClock());
        for (var minute = 0; minute < 20; minute++)
            await AddAsync(host, "alice", "read", minute);
        await AddAsync(host, "alice", "write", minute: 20);

        (await DescribeAsync(host, "alice")).Scopes.Should().OnlyContain(s => s.AlreadyGranted);
    }

    [TestCase("alice", 1)]
    [TestCase(null, 0)]
    public async Task The_organizations_on_a_page_are_those_of_the_user_who_is_signed_in(string? subject, int count)
    {
        var organizations = new Organizations();
        await using var host = new CoreHost(clock: new TestClock(), add: s => s.AddSingleton<IOrganizations>(organizations));

        var model = await DescribeAsync(host, subject);

        model.Organizations.Select(o => o.Id).Should().Equal(Enumerable.Repeat($"acme of {subject}", count));
        organizations.Asked.Should().Be(count);
    }

    private static Task<ConsentModel> DescribeAsync(CoreHost host, string? subject) =>
        host.WithAsync((EarlierConsents consents) => consents.DescribeAsync(Given.Request(scope: "read write"), subject, default));

    private static async Task<OAuthAuthorization> AddAsync(CoreHost host, string subject, string scope, int minute = 0)
    {
        var row = Given.Authorization().Row with
        {
            Id = OAuthAuthorization.NewId(TestClock.Start.AddMinutes(minute)),
            Subject = subject,
            Scope = ScopeSet.Of(scope),
            AccessUntil = TestClock.Start.AddHours(1),
            Consent = new("app.example.com", TestClock.Start.AddDays(90)),
        };
        await host.Get<IAuthorizationStore>().AddAsync(row.ToRecord(), default);
        return row;
    }

    private sealed class Organizations : IOrganizations
    {
        public int Asked { get; private set; }

        public ValueTask<IReadOnlyList<Organization>> ListAsync(string subject, CancellationToken ct)
        {
            Asked++;
            return new([new Organization($"acme of {subject}", "Acme")]);
        }
    }
}
