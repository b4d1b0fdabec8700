using HQ.OAuth2.AspNetCore.Tests;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2;

/// <summary>Four nodes that start at once on one database behave as one server. (tests/durability.sh does the same with processes.)</summary>
internal sealed class ManyNodesTests(Engine engine) : OnEachDatabase(engine)
{
    private const int Callers = 30;

    private TestApp[] nodes = [];

    [SetUp]
    public async Task StartAsync() =>
        nodes = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ => Task.Run(() => TestApp.StartAsync(parts: s => s.PersistDataProtectionKeys("test"), on: Database)))
        );

    [TearDown]
    public async Task StopAsync()
    {
        foreach (var node in nodes)
            await node.DisposeAsync();
        nodes = [];
    }

    [Test]
    public async Task They_have_the_same_keys_although_all_started_at_once()
    {
        var documents = await Task.WhenAll(nodes.Select(n => n.GetAsync("/oauth2/jwks")));

        documents.Select(d => d.Body).Distinct().Should().ContainSingle();
        (await nodes[0].Services.GetRequiredService<IKeyStore>().ListAsync(default))
            .Select(k => k.Id)
            .Should()
            .BeEquivalentTo("signing-1", "encryption-1");
    }

    [Test, Rfc("7523-3-8")]
    public async Task One_of_thirty_callers_at_all_nodes_gets_in_by_an_assertion()
    {
        var key = ProofKey.New();
        var client = BackChannel.Confidential("signer", "x", OAuthClientAuthenticationMethods.PrivateKeyJwt) with
        {
            Secrets = [],
            Jwks = ProofKey.Set(key),
        };
        await nodes[0].AddClientAsync(client);
        var assertion = key.Sign(
            new()
            {
                ["iss"] = "signer",
                ["sub"] = "signer",
                ["aud"] = TestApp.Issuer,
                ["jti"] = "one",
                ["exp"] = TestClock.Start.AddMinutes(1).ToUnixTimeSeconds(),
            }
        );

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, Callers)
                .Select(i =>
                    Task.Run(() =>
                        nodes[i % nodes.Length]
                            .PostAsync(
                                Token,
                                ClientCredentials,
                                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                                ("client_assertion", assertion)
                            )
                    )
                )
        );

        answers.Should().ContainSingle(a => a.Status == 200);
        foreach (var loser in answers.Where(a => a.Status != 200))
            loser.ShouldBeError("invalid_client", 401);
    }

    [Test]
    public async Task Changes_at_one_node_are_seen_at_the_others()
    {
        var registered = await nodes[0].DcrAsync();
        var code = await nodes[1].CodeAsync(registered);
        (await nodes[2].RedeemAsync(registered, code)).Status.Should().Be(200);

        var tokens = await nodes[3].RedeemAsync("spa", await nodes[0].CodeAsync("spa"));
        var refreshed = await nodes[1].RefreshAsync("spa", tokens.RefreshToken());
        refreshed.Status.Should().Be(200, refreshed.Body);
        (await nodes[2].IsActiveAsync(refreshed.AccessToken())).Should().BeTrue();
        (await nodes[3].GetAsync("/api/read", refreshed.AccessToken())).Status.Should().Be(200);

        (await nodes[0].PostAsync(Revoke, ("token", refreshed.RefreshToken()), ("client_id", "spa"))).Status.Should().Be(200);

        foreach (var node in nodes)
        {
            (await node.IsActiveAsync(refreshed.AccessToken())).Should().BeFalse();
            (await node.GetAsync("/api/read", refreshed.AccessToken())).Status.Should().Be(401);
            (await node.RefreshAsync("spa", refreshed.RefreshToken())).ShouldBeError("invalid_grant");
        }
    }

    [Test]
    public async Task A_page_of_one_is_answered_at_another()
    {
        var browser = nodes[0].NewBrowser();
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("spa"));

        var answer = await browser.At(nodes[1]).PressAsync(page, "approve");

        answer.LocationParameter("code").Should().NotBeNull(answer.Body);
    }

    [Test, Rfc("21-4.1.3-1"), Rfc("6749-4.1.2-3")]
    public async Task One_of_thirty_callers_at_all_nodes_redeems_a_code()
    {
        var code = await nodes[0].CodeAsync("spa");

        var answers = await AtOnceAsync(node => node.RedeemAsync("spa", code));

        answers.Should().ContainSingle(a => a.Status == 200);
        foreach (var loser in answers.Where(a => a.Status != 200))
            loser.ShouldBeError("invalid_grant");
        (await nodes[3].RowsAsync()).Should().BeEmpty("the losers replayed the code");
    }

    [Test, Rfc("9700-4.14.2-4")]
    public async Task Thirty_callers_at_all_nodes_refresh_to_one_successor()
    {
        var tokens = await nodes[0].TokensAsync("spa");

        var answers = await AtOnceAsync(node => node.RefreshAsync("spa", tokens.RefreshToken()));

        answers.Should().OnlyContain(a => a.Status == 200);
        answers.Select(a => a.RefreshToken()).Distinct().Should().ContainSingle();
        (await nodes[1].RowsAsync()).Single().Version.Should().Be(3);
    }

    [Test]
    public async Task A_client_disabled_at_one_is_refused_at_the_others_when_their_memory_ends()
    {
        var id = await nodes[0].DcrAsync();
        foreach (var node in nodes)
            (await node.NewUser().GetAsync(TestApp.AuthorizeUrl(id))).IsConsentPage().Should().BeTrue();

        await nodes[0].AddClientAsync((await nodes[0].FindClientAsync(id))! with { Disabled = true });

        (await nodes[0].NewUser().GetAsync(TestApp.AuthorizeUrl(id))).ShouldBeErrorPage();
        (await nodes[1].NewUser().GetAsync(TestApp.AuthorizeUrl(id))).IsConsentPage().Should().BeTrue("it remembers for cacheClientsFor");
        nodes[1].Clock.Advance(TimeSpan.FromSeconds(10));
        (await nodes[1].NewUser().GetAsync(TestApp.AuthorizeUrl(id))).ShouldBeErrorPage();
    }

    [Test]
    public async Task One_prunes_in_each_interval()
    {
        var store = nodes[0].Services.GetRequiredService<IAuthorizationStore>();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 40; i++)
                await store.AddAsync(new($"{round}-{i}", 1, "old", "spa", nodes[0].Clock.Now.AddDays(-1), "{}"), default);

            await Task.WhenAll(nodes.Select(n => Pruning(n).RunAsync(default)));

            (await nodes[0].RowsAsync("old")).Should().BeEmpty();
            nodes.Sum(n => n.Logs.Lines.Count(l => l.Contains("Pruned 40 authorizations"))).Should().Be(round + 1);
            nodes.Sum(n => n.Logs.Lines.Count(l => l.Contains("Pruned "))).Should().Be(round + 1);
            foreach (var node in nodes)
                node.Clock.Advance(TimeSpan.FromHours(1));
        }
    }

    private static Pruning Pruning(TestApp node) => node.Services.GetServices<IHostedService>().OfType<Pruning>().Single();

    private Task<Answer[]> AtOnceAsync(Func<TestApp, Task<Answer>> request) =>
        Task.WhenAll(Enumerable.Range(0, Callers).Select(i => Task.Run(() => request(nodes[i % nodes.Length]))));
}
