using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class ClientDocumentsTests
{
    private const string Url = "https://app.example.com/client.json";
    private static readonly string[] manyHosts = [.. Enumerable.Range(0, 5).Select(i => $"https://h{i}.example.com/c")];

    private TestClock clock = null!;
    private PublishedDocuments web = null!;
    private ScriptedClientRegistry registry = null!;
    private List<OAuthEvent> events = null!;
    private ClientLookup directory = null!;
    private ClientCache memory = null!;

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
    public async Task A_caller_that_is_overtaken_by_anothers_fetch_makes_none()
    {
        var documents = Given.Documents(Given.Options(o => o.ClientIdMetadataDocuments = true), web, clock);
        web.Publish(Url, PublishedDocuments.Minimal(Url), "max-age=60");
        await documents.FetchAsync(Url, "alice", kept: null, Given.Policies(Given.Options()).ForDocument(), default);
        documents.FindCached(Url).Should().NotBeNull();

        (await documents.FetchAsync(Url, "bob", kept: null, Given.Policies(Given.Options()).ForDocument(), default))
            .Value.HasChanged.Should()
            .BeFalse();

        web.Fetches.Should().Be(1);
    }

    [Test]
    [Rfc("CIMD-4.4-2")]
    public async Task Errors_are_not_remembered()
    {
        web.Fail(Url);
        (await AskedAsync(Url)).Error!.Id.Should().Be("HQ1054");
        web.Publish(Url, "{}");
        var invalid = (await AskedAsync(Url)).Error!;
        (invalid.Id, invalid.Code, invalid.Status).Should().Be(("HQ1055", "invalid_client", 400));
        (invalid.Description, invalid.Reason)
            .Should()
            .Match<(string, string?)>(e => e.Item1.Contains("app.example.com") && e.Item2!.Contains("client_id"));

        web.Publish(Url, PublishedDocuments.Minimal(Url));
        (await FreshAsync()).Should().NotBeNull();
    }

    [Test]
    [Rfc("CIMD-4.3-1"), Rfc("CIMD-4.4-2")]
    public async Task At_authorize_a_stale_document_does_not_do_and_at_token_the_approved_one_does()
    {
        web.Publish(Url, PublishedDocuments.Minimal(Url), "max-age=60");
        await ApprovedAsync();
        clock.Advance(TimeSpan.FromDays(3));
        web.Fail(Url);

        (await AskedAsync(Url)).Error!.Id.Should().Be("HQ1054");
        (await directory.FindAsync(Url, default)).Value.ClientName.Should().Be("Some app");
        web.Publish(Url, "broken");
        (await AskedAsync(Url)).Error!.Id.Should().Be("HQ1055");
        (await directory.FindAsync(Url, default)).Value.ClientName.Should().Be("Some app");
    }

    [Test]
    public async Task The_back_channel_fetches_nothing_and_accepts_approved_documents_only()
    {
        web.Publish(Url, PublishedDocuments.Minimal(Url));
        for (var i = 0; i < 3; i++)
        {
            (await directory.FindAsync(Url, default)).Error!.Id.Should().Be("HQ1032");
            (await directory.FindOrNullAsync(Url, default)).Should().BeNull();
        }

        web.Fetches.Should().Be(0);
        await AskedAsync(Url);
        (await directory.FindAsync(Url, default)).Error!.Id.Should().Be("HQ1032", "nobody has approved it");
        await ApprovedAsync();
        (await directory.FindAsync(Url, default)).Value.ClientName.Should().Be("Some app");
        (await directory.FindOrNullAsync(Url, default))!.ClientName.Should().Be("Some app");
        web.Fetches.Should().Be(1);
    }

    [Test]
    public async Task For_a_stranger_nothing_is_fetched_and_a_fresh_document_does()
    {
        web.Publish(Url, PublishedDocuments.Minimal(Url), "max-age=60");
        (await AskedAsync(Url, user: null)).Error.Should().Be(OAuthError.LoginRequired);
        web.Fetches.Should().Be(0);
        await ApprovedAsync();
        (await AskedAsync(Url, user: null)).Value.ClientName.Should().Be("Some app");

        clock.Advance(TimeSpan.FromMinutes(1));
        (await AskedAsync(Url, user: null)).Error.Should().Be(OAuthError.LoginRequired, "it is not fresh any more");
        web.Fetches.Should().Be(1);
    }

    [Test]
    public async Task Many_at_once_make_one_fetch_and_one_who_gives_up_takes_nothing_from_the_others()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        web.Answer(Url, _ => answer.Task);
        using var impatient = new CancellationTokenSource();
        var given = directory.FindFreshAsync(Url, () => new("alice"), impatient.Token).AsTask();
        var others = Enumerable.Range(0, 20).Select(_ => AskedAsync(Url)).ToList();
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
        var given = directory.FindFreshAsync(Url, () => new("alice"), impatient.Token).AsTask();
        await impatient.CancelAsync();
        await given.Invoking(g => g).Should().ThrowAsync<OperationCanceledException>();
        answer.SetException(new HttpRequestException("down"));

        web.Publish(Url, PublishedDocuments.Minimal(Url));
        (await FreshAsync()).Should().NotBeNull();
    }

    [Test]
    public async Task A_host_is_asked_only_so_often_for_documents_that_nobody_knows_whatever_the_port()
    {
        directory = Directory(o => o.Limits.DocumentFetchesPerMinute = 3);
        web.Publish(Url, PublishedDocuments.Minimal(Url), "max-age=60");
        await FreshAsync();
        for (var i = 0; i < 5; i++)
            await AskedAsync($"https://app.example.com:{8000 + i}/made-up", $"user {i}");
        web.Fetches.Should().Be(3);
        (await AskedAsync("https://app.example.com/x", "mallory")).Error!.Reason.Should().Contain("documentFetchesPerMinute");

        // Neither other hosts nor what was valid before suffer, and a minute later it is over.
        foreach (var other in manyHosts)
            await AskedAsync(other, other);
        web.Fetches.Should().Be(3 + manyHosts.Length);
        clock.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 5; i++)
            await AskedAsync($"https://app.example.com/made-up-{i}", $"user {i}");
        (await FreshAsync()).Should().NotBeNull();
    }

    [Test]
    public async Task A_document_that_is_kept_is_fetched_after_a_restart_although_its_host_is_at_its_limit()
    {
        web.Publish(Url, PublishedDocuments.Minimal(Url));
        await ApprovedAsync();
        directory = Directory(o => o.Limits.DocumentFetchesPerMinute = 3);
        for (var i = 0; i < 9; i++)
            await AskedAsync($"https://app.example.com/made-up-{i}", $"user {i}");
        web.Fetches.Should().Be(1 + 3);

        (await FreshAsync()).Should().NotBeNull();
    }

    [TestCase(1, 1)]
    [TestCase(2, 1)]
    [TestCase(3, 1)]
    [TestCase(4, 2)]
    [TestCase(30, 10)]
    [TestCase(31, 11)]
    public async Task One_user_takes_a_third_of_what_a_host_may_be_asked_rounded_up(int perMinute, int ofOneUser)
    {
        directory = Directory(o => o.Limits.DocumentFetchesPerMinute = perMinute);
        web.Publish(Url, PublishedDocuments.Minimal(Url));
        for (var i = 0; i < 40; i++)
            await AskedAsync($"https://app.example.com/made-up-{i}", "mallory");
        web.Fetches.Should().Be(ofOneUser);

        (await AskedAsync(Url, "alice")).Failed(out _, out _).Should().Be(perMinute == 1, "one fetch is all that the host may be asked");
    }

    [Test]
    public async Task At_most_eight_fetches_are_in_flight_and_more_are_refused_at_once()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        string[] urls = [.. Enumerable.Range(0, 300).Select(i => $"https://h{i}.example.com/c")];
        foreach (var url in urls)
            web.Answer(url, _ => answer.Task);

        var asked = await Racers.AtOnceAsync(300, n => Task.FromResult(AskedAsync(urls[n], $"user {n % 50}")));

        web.Fetches.Should().Be(8);
        var refused = asked.Where(a => a.IsCompleted).ToList();
        refused.Should().HaveCount(292);
        (await Task.WhenAll(refused)).Should().OnlyContain(r => r.Error!.Id == "HQ1065" && r.Error.Status == 503);
        answer.SetException(new HttpRequestException("down"));
        (await Task.WhenAll(asked)).Count(r => r.Error!.Id == "HQ1054").Should().Be(8);

        (await AskedAsync(urls[299])).Error!.Id.Should().Be("HQ1054", "there is room again");
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
            await AskedAsync(Url);

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

        (await AskedAsync(url)).Error!.Id.Should().Be(id);
        (await directory.FindAsync(url, default)).Error.Should().NotBeNull();
        (await directory.FindOrNullAsync(url, default)).Should().BeNull();
        web.Fetches.Should().Be(0);
    }

    [Test]
    public async Task A_URL_that_is_longer_than_an_id_may_be_is_nobody()
    {
        const string start = "https://app.example.com/";
        var longest = start + new string('a', Client.MaxIdLength - start.Length);
        web.Publish(longest, PublishedDocuments.Minimal(longest));
        web.Publish(longest + "a", PublishedDocuments.Minimal(longest + "a"));

        (await AskedAsync(longest)).Error.Should().BeNull();
        (await AskedAsync(longest + "a")).Error!.Id.Should().Be("HQ1032");
        (await directory.FindAsync(longest + "a", default)).Error!.Id.Should().Be("HQ1032");
        (await directory.FindOrNullAsync(longest + "a", default)).Should().BeNull();
        web.Fetches.Should().Be(1);
    }

    [Test]
    public async Task Without_the_setting_a_URL_is_an_unknown_client()
    {
        directory = Directory(o => o.ClientIdMetadataDocuments = false);
        web.Publish(Url, PublishedDocuments.Minimal(Url));

        (await AskedAsync(Url)).Error!.Id.Should().Be("HQ1032");
        (await directory.FindOrNullAsync(Url, default)).Should().BeNull();
        web.Fetches.Should().Be(0);
    }

    [Test, Rfc("CIMD-6.10-1")]
    public async Task A_client_of_the_store_wins_over_its_document_also_when_it_is_disabled()
    {
        web.Publish(Url, PublishedDocuments.Minimal(Url));
        await registry.TryAddAsync(Given.Client(Url) with { ClientName = "Ours" }, default);
        (await FreshAsync())!.ClientName.Should().Be("Ours");
        (await directory.FindOrNullAsync(Url, default))!.ClientName.Should().Be("Ours");

        await registry.TryUpdateAsync(Given.Client(Url) with { Disabled = true, Version = 2 }, default);
        memory.Forget(Url);
        (await AskedAsync(Url)).Error!.Id.Should().Be("HQ1032");
        (await directory.FindAsync(Url, default)).Error!.Id.Should().Be("HQ1032");
        web.Fetches.Should().Be(0);
    }

    [Test]
    public async Task The_store_is_asked_for_a_document_that_is_kept_only_once_in_a_while()
    {
        web.Publish(Url, PublishedDocuments.Minimal(Url));
        await ApprovedAsync();
        var before = registry.Reads;
        for (var i = 0; i < 5; i++)
            await directory.FindAsync(Url, default);
        registry.Reads.Should().Be(before + 1);

        clock.Advance(TimeSpan.FromSeconds(10));
        await directory.FindAsync(Url, default);
        registry.Reads.Should().Be(before + 2);
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

        (await AskedAsync(Url)).Error!.Reason.Should().Contain("private_key_jwt");
    }

    [Test, Rfc("CIMD-6.7-1"), Rfc("CIMD-6.5-2")]
    public async Task The_links_of_a_document_are_not_fetched()
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

    private async Task<Client?> FreshAsync() => (await AskedAsync(Url)).Failed(out _, out var client) ? null : client;

    private Task<Outcome<Client>> AskedAsync(string url, string? user = "alice") =>
        directory.FindFreshAsync(url, () => new(user), default).AsTask();

    private async Task<Client> ApprovedAsync(string url = Url) => await directory.KeepAsync((await AskedAsync(url)).Value, default);

    private ClientLookup Directory(Action<HqOAuth2Options> configure)
    {
        var options = Given.Options(o =>
        {
            o.ClientIdMetadataDocuments = true;
            configure(o);
        });
        memory = new(new ServerSettings(options), clock);
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
