using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>A store that fails is told as the RFC wants it, and says nothing about itself (RFC 6749 §4.1.2.1).</summary>
internal sealed class AuthorizeFailureTests
{
    private const string Secret = "host=db-42.internal password=hunter2";

    private static readonly TestCaseData[] faults =
    [
        new TestCaseData(new TimeoutException(Secret), "temporarily_unavailable", 503).SetArgDisplayNames("timeout"),
        new TestCaseData(new IOException(Secret), "temporarily_unavailable", 503).SetArgDisplayNames("IO"),
        new TestCaseData(new InvalidOperationException(Secret), "server_error", 500).SetArgDisplayNames("bug"),
    ];

    [TestCaseSource(nameof(faults))]
    [Rfc("6749-4.1.2.1-5")]
    [Rfc("9207-2-2")]
    public async Task The_client_is_told_when_the_authorization_store_fails(Exception fault, string error, int status)
    {
        await using var app = await TestApp.StartAsync(parts: p => p.AddAuthorizationStore<BrokenRows>(ServiceLifetime.Singleton));
        var store = (BrokenRows)app.Services.GetRequiredService<IAuthorizationStore>();
        var browser = app.NewUser();
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
        page.IsConsentPage().Should().BeTrue();

        // On the look for a remembered consent, and on the write of the row.
        store.Fault = fault;
        foreach (var answer in new[] { await browser.GetAsync(TestApp.AuthorizeUrl("web")), await browser.PressAsync(page, "approve") })
        {
            answer.ShouldBeErrorRedirect(error);
            (answer.Location + answer.Body).Should().NotContain("hunter2").And.NotContain("Exception");
        }

        app.Logs.Lines.Should().Contain(l => l.Contains("hunter2"));

        // A user who may not be redirected sees a page.
        store.Fault = null;
        var id = await app.DcrAsync();
        page = await browser.GetAsync(TestApp.AuthorizeUrl(id));
        store.Fault = fault;
        var refused = await browser.PressAsync(page, "approve");
        refused.ShouldBeErrorPage(status);
        refused.Body.Should().Contain(error).And.NotContain("hunter2").And.NotContain("Exception");
    }

    [TestCaseSource(nameof(faults))]
    [Rfc("6749-4.1.2.1-5")]
    public async Task The_user_is_told_when_the_client_store_fails(Exception fault, string error, int status)
    {
        await using var app = await TestApp.StartAsync(o => o.Dcr = false, p => p.AddClientStore<BrokenClients>(ServiceLifetime.Singleton));
        ((BrokenClients)app.Services.GetRequiredService<IClientStore>()).Fault = fault;
        foreach (var browser in new[] { app.NewUser(), app.NewBrowser(user: null) })
        {
            var page = await browser.GetAsync(TestApp.AuthorizeUrl("somebody"));
            page.ShouldBeErrorPage(status);
            page.Body.Should().Contain(error).And.NotContain("hunter2").And.NotContain("Exception").And.NotContain("<a ");
        }

        var token = await app.PostAsync("/oauth2/token", ("grant_type", "refresh_token"), ("client_id", "somebody"));
        token.ShouldBeError(error, status);
        token.Body.Should().NotContain("hunter2");
    }

    [Test, Rfc("6749-4.1.2.1-5")]
    public async Task A_user_without_the_subject_claim_is_a_fault_of_the_host()
    {
        await using var app = await TestApp.StartAsync(o => o.SubjectClaim = "sub");
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web"))).ShouldBeErrorRedirect("server_error");
        app.Logs.Lines.Should().Contain(l => l.Contains("subjectClaim"));
    }

    private sealed class BrokenClients : IClientStore
    {
        public Exception? Fault { get; set; }

        public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) => Fault is null ? new((Client?)null) : throw Fault;
    }

    private sealed class BrokenRows : IAuthorizationStore
    {
        private readonly InMemoryAuthorizationStore inner = new();

        public Exception? Fault { get; set; }

        private InMemoryAuthorizationStore Inner => Fault is null ? inner : throw Fault;

        public ValueTask AddAsync(AuthorizationRecord record, CancellationToken ct) => Inner.AddAsync(record, ct);

        public ValueTask<AuthorizationRecord?> FindAsync(string id, CancellationToken ct) => Inner.FindAsync(id, ct);

        public ValueTask<bool> TryUpdateAsync(AuthorizationRecord next, CancellationToken ct) => Inner.TryUpdateAsync(next, ct);

        public ValueTask RemoveAsync(string id, CancellationToken ct) => Inner.RemoveAsync(id, ct);

        public ValueTask<Page<AuthorizationRecord>> ListAsync(AuthorizationFilter by, CancellationToken ct) => Inner.ListAsync(by, ct);

        public ValueTask<int> RemoveExpiredAsync(DateTimeOffset now, int limit, CancellationToken ct) =>
            Inner.RemoveExpiredAsync(now, limit, ct);
    }
}
