using HQ.OAuth2.Tests;
using Options = Microsoft.Extensions.Options.Options;

namespace HQ.OAuth2;

internal sealed class ClientDocumentsTests
{
    private const string Url = "https://app.example.com/client.json";
    private static readonly string[] manyHosts = [.. Enumerable.Range(0, 5).Select(i => $"https://h{i}.example.com/c")];

    private TestClock clock = null!;
    private PublishedDocuments web = null!;
    private ScriptedClientRegistry registry = null!;
    private List<OAuthEvent> events = null!;
    private ClientDirectory directory = null!;
    private ClientMemory memory = null!;

    [SetUp]
    public void A_server_that_reads_documents()
    {
        (clock, web, registry, events) = (new(), new(), new(), []);
        directory = Directory(_ => { });
    }

    [Test]
    [Rfc("CIMD-4.4-1")]
    public async Task A_document_is_fetched_once_while_it_is_fresh_and_again_after()
    {
        web.Publish(Url, PublishedDocuments.Minimal(Url), "max-age=600");
        (await FreshAsync()).Should().NotBeNull();
        clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        (await FreshAsync()).Should().NotBeNull();
        web.Fetches.Should().Be(1);

        clock.Advance(TimeSpan.FromTicks(1));
        (await FreshAsync()).Should().NotBeNull();
        web.Fetches.Should().Be(2);
    }

    [Test]
    public async Task Who_is_overtaken_by_anothers_fetch_makes_none()
    {
        var documents = Given.Documents(Given.Options(o => o.ClientIdMetadataDocuments = true), web, clock);
        web.Publish(Url, PublishedDocuments.Minimal(Url), "max-age=60");
        await documents.FindFreshAsync(Url, default);
        clock.Advance(TimeSpan.FromDays(3));

        // At the first look at the clock the document is remembered, at the second it is stale.
        clock.Meanwhile = () => clock.Meanwhile = () => documents.FindFreshAsync(Url, default).AsTask().Wait();
        (await documents.FindFreshAsync(Url, default)).Value.HasChanged.Should().BeFalse();

        web.Fetches.Should().Be(2);
    }

    [Test]
    [Rfc("CIMD-4.4-2")]
    public async Task Errors_are_not_remembered()
    {
        web.Fail(Url);
        (await directory.FindFreshAsync(Url, default)).Error!.Id.Should().Be("HQ1054");
        web.Publish(Url, "{}");
        var invalid = (await directory.FindFreshAsync(Url, default)).Error!;
        (invalid.Id, invalid.Code, invalid.Status).Should().Be(("HQ1055", "invalid_client", 400));
        (invalid.Description, invalid.Reason)
            .Should()
            .Match<(string, string?)>(e => e.Item1.Contains("app.example.com") && e.Item2!.Contains("client_id"));

        web.Publish(Url, PublishedDocuments.Minimal(Url));
        (await FreshAsync()).Should().NotBeNull();
    }

    [Test]
    [Rfc("CIMD-4.3-1"), Rfc("CIMD-4.4-2")]
    public async Task At_authorize_a_stale_document_does_not_do_and_at_token_the_last_valid_one_does()
    {
        web.Publish(Url, PublishedDocuments.Minimal(Url), "max-age=60");
        await FreshAsync();
        clock.Advance(TimeSpan.FromDays(3));
        web.Fail(Url);

        (await directory.FindFreshAsync(Url, default)).Error!.Id.Should().Be("HQ1054");
        (await directory.FindAsync(Url, default)).Value.ClientName.Should().Be("Some app");
        web.Publish(Url, "broken");
        (await directory.FindFreshAsync(Url, default)).Error!.Id.Should().Be("HQ1055");
        (await directory.FindAsync(Url, default)).Value.ClientName.Should().Be("Some app");
    }

    [Test]
    public async Task At_token_a_document_that_was_never_seen_is_fetched_or_the_client_comes_again()
    {
        web.Fail(Url);
        var error = (await directory.FindAsync(Url, default)).Error!;
        (error.Id, error.Code, error.Status).Should().Be(("HQ1045", "temporarily_unavailable", 503));
        error.Reason.Should().Contain("HQ1054").And.Contain("500");

        web.Publish(Url, PublishedDocuments.Minimal(Url));
        (await directory.FindAsync(Url, default)).Value.ClientName.Should().Be("Some app");
    }

    [Test]
    public async Task Whose_a_token_is_asks_nobody()
    {
        (await directory.RecallAsync(Url, default)).Should().Match<Client>(c => c.ClientId == Url && c.Provenance == ClientProvenance.Cimd);
        web.Fetches.Should().Be(0);

        web.Publish(Url, PublishedDocuments.Minimal(Url));
        await FreshAsync();
        (await directory.RecallAsync(Url, default))!.ClientName.Should().Be("Some app");
        web.Fetches.Should().Be(1);
    }

    [Test]
    public async Task Many_at_once_make_one_fetch_and_one_who_gives_up_takes_nothing_from_the_others()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        web.Answer(Url, _ => answer.Task);
        using var impatient = new CancellationTokenSource();
        var given = directory.FindFreshAsync(Url, impatient.Token).AsTask();
        var others = Enumerable.Range(0, 20).Select(_ => directory.FindFreshAsync(Url, default).AsTask()).ToList();
        await impatient.CancelAsync();
        await given.Invoking(g => g).Should().ThrowAsync<OperationCanceledException>();

        var document = new HttpResponseMessage { Content = new StringContent(PublishedDocuments.Minimal(Url)) };
        document.Content.Headers.ContentType = new("application/json");
        answer.SetResult(document);
        (await Task.WhenAll(others)).Should().OnlyContain(o => o.Error == null);
        web.Fetches.Should().Be(1);
    }

    [Test, Rfc("CIMD-4.4-2")]
    public async Task A_failure_that_nobody_waited_for_is_not_remembered_either()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        web.Answer(Url, _ => answer.Task);
        using var impatient = new CancellationTokenSource();
        var given = directory.FindFreshAsync(Url, impatient.Token).AsTask();
        await impatient.CancelAsync();
        await given.Invoking(g => g).Should().ThrowAsync<OperationCanceledException>();
        answer.SetException(new HttpRequestException("down"));

        web.Publish(Url, PublishedDocuments.Minimal(Url));
        (await FreshAsync()).Should().NotBeNull();
    }

    [Test]
    public async Task A_host_is_asked_only_so_often_for_what_was_never_valid()
    {
        directory = Directory(o => o.Limits.DocumentFetchesPerMinute = 3);
        web.Publish(Url, PublishedDocuments.Minimal(Url), "max-age=60");
        await FreshAsync();
        for (var i = 0; i < 5; i++)
            await directory.FindFreshAsync($"https://app.example.com/made-up-{i}", default);
        web.Fetches.Should().Be(3);
        (await directory.FindFreshAsync("https://app.example.com/x", default)).Error!.Reason.Should().Contain("documentFetchesPerMinute");

        // Neither other hosts nor what was valid once suffer, and a minute later it is over.
        foreach (var other in manyHosts)
            await directory.FindFreshAsync(other, default);
        web.Fetches.Should().Be(3 + manyHosts.Length);
        clock.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 5; i++)
            await directory.FindFreshAsync($"https://app.example.com/made-up-{i}", default);
        (await FreshAsync()).Should().NotBeNull();
    }

    [Test]
    public async Task A_document_that_was_valid_once_is_asked_for_only_so_often_too()
    {
        directory = Directory(o => o.Limits.DocumentFetchesPerMinute = 3);
        web.Publish(Url, PublishedDocuments.Minimal(Url), "max-age=60");
        await FreshAsync();
        clock.Advance(TimeSpan.FromMinutes(1));
        web.Fail(Url);
        for (var i = 0; i < 9; i++)
            await directory.FindFreshAsync(Url, default);

        web.Fetches.Should().Be(4);
    }

    [TestCase("http://app.example.com/client.json", "HQ1032")]
    [TestCase("https://app.example.com", "HQ1053")]
    [TestCase("https://app.example.com/a/../b", "HQ1053")]
    [TestCase("https://app.example.com/a?b", "HQ1053")]
    [TestCase("https://denied.example.com/a", "HQ1053")]
    [Rfc("CIMD-3-1"), Rfc("CIMD-6.8-1")]
    public async Task What_may_not_be_a_client_is_not_fetched(string url, string id)
    {
        directory = Directory(o => o.Documents.DeniedHosts.Add("denied.example.com"));

        (await directory.FindFreshAsync(url, default)).Error!.Id.Should().Be(id);
        (await directory.FindAsync(url, default)).Error!.Id.Should().Be(id);
        (await directory.RecallAsync(url, default)).Should().BeNull();
        web.Fetches.Should().Be(0);
    }

    [Test]
    public async Task A_URL_that_is_longer_than_an_id_may_be_is_nobody()
    {
        const string start = "https://app.example.com/";
        var longest = start + new string('a', ClientDirectory.MaxIdLength - start.Length);
        web.Publish(longest, PublishedDocuments.Minimal(longest));
        web.Publish(longest + "a", PublishedDocuments.Minimal(longest + "a"));

        (await directory.FindFreshAsync(longest, default)).Error.Should().BeNull();
        (await directory.FindFreshAsync(longest + "a", default)).Error!.Id.Should().Be("HQ1032");
        (await directory.FindAsync(longest + "a", default)).Error!.Id.Should().Be("HQ1032");
        (await directory.RecallAsync(longest + "a", default)).Should().BeNull();
        web.Fetches.Should().Be(1);
    }

    [Test]
    public async Task Without_the_setting_a_URL_is_an_unknown_client()
    {
        directory = Directory(o => o.ClientIdMetadataDocuments = false);
        web.Publish(Url, PublishedDocuments.Minimal(Url));

        (await directory.FindFreshAsync(Url, default)).Error!.Id.Should().Be("HQ1032");
        (await directory.RecallAsync(Url, default)).Should().BeNull();
        web.Fetches.Should().Be(0);
    }

    [Test, Rfc("CIMD-6.10-1")]
    public async Task A_client_of_the_store_wins_over_its_document_also_when_it_is_disabled()
    {
        web.Publish(Url, PublishedDocuments.Minimal(Url));
        await registry.TryAddAsync(Given.Client(Url) with { ClientName = "Ours" }, default);
        (await FreshAsync())!.ClientName.Should().Be("Ours");
        (await directory.RecallAsync(Url, default))!.ClientName.Should().Be("Ours");

        await registry.TryUpdateAsync(Given.Client(Url) with { Disabled = true, Version = 2 }, default);
        memory.Forget(Url);
        (await directory.FindFreshAsync(Url, default)).Error!.Id.Should().Be("HQ1032");
        (await directory.FindAsync(Url, default)).Error!.Id.Should().Be("HQ1032");
        web.Fetches.Should().Be(0);
    }

    [Test]
    public async Task The_store_is_asked_for_a_URL_only_once_in_a_while()
    {
        web.Publish(Url, PublishedDocuments.Minimal(Url));
        for (var i = 0; i < 5; i++)
            await directory.FindAsync(Url, default);
        registry.Reads.Should().Be(1);

        clock.Advance(TimeSpan.FromSeconds(10));
        await directory.FindAsync(Url, default);
        registry.Reads.Should().Be(2);
    }

    [Test, Rfc("CIMD-6.3-1")]
    public async Task A_document_that_changes_what_consents_rest_on_is_an_event()
    {
        web.Publish(Url, PublishedDocuments.Minimal(Url), "max-age=60");
        await FreshAsync();
        clock.Advance(TimeSpan.FromHours(1));
        web.Publish(Url, PublishedDocuments.Minimal(Url, more: ",\"client_uri\":\"https://app.example.com/\""), "max-age=60");
        await FreshAsync();
        events.Should().BeEmpty("nothing of that is of weight");

        clock.Advance(TimeSpan.FromHours(1));
        web.Publish(Url, PublishedDocuments.Minimal(Url, "https://app.example.com/other"), "max-age=60");
        await FreshAsync();
        await FreshAsync();
        events.Should().ContainSingle().Which.Should().BeOfType<OAuthEvent.ClientChanged>().Which.ClientId.Should().Be(Url);
    }

    [Test, Rfc("CIMD-6.2-1")]
    public async Task A_method_that_this_server_does_not_have_is_refused_before_the_user_is_asked()
    {
        web.Publish(Url, PublishedDocuments.Minimal(Url, more: ",\"token_endpoint_auth_method\":\"private_key_jwt\""));

        (await directory.FindFreshAsync(Url, default)).Error!.Reason.Should().Contain("private_key_jwt");
        (await directory.FindAsync(Url, default)).Value.Type.Should().Be(ClientType.Confidential);
    }

    [Test, Rfc("CIMD-6.7-1"), Rfc("CIMD-6.5-2")]
    public async Task What_a_document_links_to_is_not_fetched()
    {
        string[] links =
        [
            "client_uri",
            "logo_uri",
            "tos_uri",
            "policy_uri",
            "jwks_uri",
            "sector_identifier_uri",
            "initiate_login_uri",
            "backchannel_logout_uri",
        ];
        web.Publish(Url, PublishedDocuments.Minimal(Url, more: string.Concat(links.Select(l => $",\"{l}\":\"https://127.0.0.1/{l}\""))));

        await FreshAsync();
        web.Requests.Should().ContainSingle().Which.RequestUri!.OriginalString.Should().Be(Url);
    }

    [Test, Rfc("CIMD-6.9-1")]
    public async Task No_generated_id_is_a_URL_and_no_configured_one_either()
    {
        var registrar = Given.Registrar(registry, clock);
        for (var i = 0; i < 50; i++)
        {
            var made = await registrar.SelfRegisterAsync(new() { RedirectUris = [Given.RedirectUri] }, default);
            ClientDocumentUrl.IsMeant(made.Value.Client.ClientId).Should().BeFalse();
        }

        ClientMetadata.IsClientId(Url).Should().BeFalse();
    }

    private async Task<Client?> FreshAsync() =>
        (await directory.FindFreshAsync(Url, default)).Failed(out _, out var client) ? null : client;

    private ClientDirectory Directory(Action<HqOAuth2Options> configure)
    {
        var options = Given.Options(o =>
        {
            o.ClientIdMetadataDocuments = true;
            configure(o);
        });
        memory = new(Options.Create(options), clock);
        return Given.Directory(options, registry, memory, clock, published: web, events: new Recorder(events));
    }

    private sealed class Recorder(List<OAuthEvent> events) : IOAuthEvents
    {
        public ValueTask OnAsync(OAuthEvent happened)
        {
            events.Add(happened);
            return ValueTask.CompletedTask;
        }
    }
}
