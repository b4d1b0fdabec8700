using System.Net;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>Keys at a jwks_uri: fetched once, replaced without a restart, and never as often as strangers would like.</summary>
internal sealed class PublishedKeySetsTests
{
    private const string Url = "https://app.example.com/keys";

    private static readonly ProofKey old = ProofKey.New("ES256", "old");
    private static readonly ProofKey next = ProofKey.New("ES256", "next");

    private TestClock clock = null!;
    private PublishedDocuments web = null!;
    private RecordingLogger<PublishedKeySets> log = null!;
    private PublishedKeySets sets = null!;

    [SetUp]
    public void Keys_that_are_published()
    {
        (clock, web, log) = (new(), new(), new());
        sets = Sets(_ => { });
        web.Publish(Url, ProofKey.Set(old), "max-age=600");
    }

    [Test]
    public async Task A_set_is_fetched_once_while_it_is_fresh_and_again_after()
    {
        for (var i = 0; i < 5; i++)
            (await FindAsync("old")).Error.Should().BeNull();
        web.Fetches.Should().Be(1);

        clock.Advance(TimeSpan.FromMinutes(10));
        (await FindAsync("old")).Error.Should().BeNull();
        web.Fetches.Should().Be(2);
    }

    [Test]
    public async Task A_new_key_is_found_at_once_and_a_removed_one_ends_with_the_freshness_of_the_set()
    {
        await FindAsync("old");
        clock.Advance(PublishedKeySets.CoolDown);
        web.Publish(Url, ProofKey.Set(next), "max-age=600");

        (await FindAsync("old")).Error.Should().BeNull("the cached set is fresh");
        (await FindAsync("next")).Error.Should().BeNull();

        web.Fetches.Should().Be(2);
        (await FindAsync("old")).Error!.Code.Should().Be("invalid_client");
    }

    [Test]
    public async Task A_storm_of_made_up_ids_causes_one_fetch_in_each_cool_down()
    {
        await FindAsync("old");
        for (var minute = 0; minute < 3; minute++)
        {
            clock.Advance(PublishedKeySets.CoolDown);
            var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => FindAsync("made-up-" + i)));
            answers.Should().OnlyContain(a => a.Error!.Code == "invalid_client");
        }

        web.Fetches.Should().Be(4);
    }

    [Test]
    public async Task An_id_that_the_set_has_or_no_id_causes_no_fetch()
    {
        await FindAsync("old");
        clock.Advance(PublishedKeySets.CoolDown);

        (await FindAsync("old", "RS256")).Error!.Code.Should().Be("invalid_client");
        (await FindAsync(null, "RS256")).Error!.Code.Should().Be("invalid_client");

        web.Fetches.Should().Be(1);
    }

    [Test]
    public async Task Nothing_is_fetched_for_a_caller_who_may_not_cause_it()
    {
        (await FindAsync("old", mayFetch: false)).Error!.Id.Should().Be("HQ1100");
        web.Fetches.Should().Be(0);
        await FindAsync("old");

        (await FindAsync("old", mayFetch: false)).Error.Should().BeNull();
        (await FindAsync("next", mayFetch: false)).Error!.Id.Should().Be("HQ1100");
        web.Fetches.Should().Be(1);
    }

    [Test]
    public async Task Parallel_callers_share_one_fetch()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        web.Answer(Url, _ => answer.Task);
        var callers = Enumerable.Range(0, 50).Select(_ => FindAsync("old")).ToList();
        answer.SetResult(new(HttpStatusCode.OK) { Content = new StringContent(ProofKey.Set(old), null, "application/jwk-set+json") });

        (await Task.WhenAll(callers)).Should().OnlyContain(a => a.Error == null);
        web.Fetches.Should().Be(1);
    }

    [Test]
    public async Task A_failure_loses_no_key_that_is_fresh_and_is_no_answer_about_others()
    {
        await FindAsync("old");
        clock.Advance(PublishedKeySets.CoolDown);
        web.Fail(Url);

        var unknown = (await FindAsync("next")).Error!;

        (unknown.Id, unknown.Code, unknown.Status).Should().Be(("HQ1100", "temporarily_unavailable", 503));
        unknown.Reason.Should().Contain("500");
        (await FindAsync("old")).Error.Should().BeNull();
        // The failure counts for the time in which it is not tried again.
        (await FindAsync("made-up"))
            .Error!.Id.Should()
            .Be("HQ1100");
        web.Fetches.Should().Be(2);
        log.Lines.Should().ContainSingle(l => l.Contains("cannot be had") && l.Contains(Url));
    }

    [Test]
    public async Task Keys_that_cannot_be_had_are_tried_again_after_the_cool_down()
    {
        web.Fail(Url);
        for (var i = 0; i < 5; i++)
            (await FindAsync("old")).Error!.Id.Should().Be("HQ1100");
        web.Fetches.Should().Be(1);

        clock.Advance(PublishedKeySets.CoolDown);
        web.Publish(Url, ProofKey.Set(old));
        (await FindAsync("old")).Error.Should().BeNull();
    }

    [Test]
    public async Task A_failure_that_took_seconds_says_nothing_after_a_later_success()
    {
        web.Answer(
            Url,
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(4));
                return new(HttpStatusCode.InternalServerError);
            }
        );
        (await FindAsync("old")).Error!.Id.Should().Be("HQ1100");
        // The cool-down counts from the beginning of the fetch.
        clock.Advance(PublishedKeySets.CoolDown - TimeSpan.FromSeconds(4));
        web.Publish(Url, ProofKey.Set(old), "max-age=600");
        (await FindAsync("old")).Error.Should().BeNull();

        (await FindAsync("made-up")).Error!.Code.Should().Be("invalid_client", "the set is known, and does not have it");
        web.Fetches.Should().Be(2);
    }

    [TestCase("{}")]
    [TestCase("""{"keys":[]}""")]
    [TestCase("""{"keys":[{"kty":"oct","k":"AAAA"}]}""")]
    [TestCase("not json")]
    public async Task What_is_no_set_of_public_keys_counts_as_not_had(string body)
    {
        web.Publish(Url, body);

        (await FindAsync("old")).Error!.Id.Should().Be("HQ1100");
    }

    [Test]
    public async Task A_set_is_read_up_to_64_kB_and_by_its_content_type()
    {
        var padding = new string(' ', PublishedKeySets.MaxBytes - ProofKey.Set(old).Length);
        web.Publish(Url, ProofKey.Set(old) + padding);
        (await FindAsync("old")).Error.Should().BeNull();

        foreach (var (body, type) in new[] { (ProofKey.Set(old) + padding + " ", "application/json"), (ProofKey.Set(old), "text/html") })
        {
            clock.Advance(TimeSpan.FromDays(1));
            web.Publish(Url, body, type: type);
            (await FindAsync("old")).Error!.Id.Should().Be("HQ1100");
        }
    }

    [Test]
    public async Task Clients_that_name_many_addresses_of_one_host_cause_a_limited_number_of_fetches()
    {
        sets = Sets(o => o.Limits.DocumentFetchesPerMinute = 5);
        await FindAsync("old");

        for (var i = 0; i < 50; i++)
            await FindAsync("k", url: $"https://victim.example:{1000 + i}/{i}");
        web.Requests.Count(r => r.RequestUri!.Host == "victim.example").Should().Be(5);
        for (var i = 0; i < 200; i++)
            await FindAsync("k", url: $"https://h{i}.example/keys");

        web.Fetches.Should().Be(50, "ten times the limit of one host is that of all");
        // A set that was had before is not kept out.
        clock.Advance(PublishedKeySets.CoolDown);
        web.Publish(Url, ProofKey.Set(next));
        (await FindAsync("next")).Error.Should().BeNull();
    }

    [Test]
    public async Task Eight_fetches_are_in_flight_at_most()
    {
        var never = new TaskCompletionSource<HttpResponseMessage>();
        var waiting = new List<Task>();
        for (var i = 0; i < 8; i++)
        {
            web.Answer($"https://h{i}.example/keys", _ => never.Task);
            waiting.Add(FindAsync("k", url: $"https://h{i}.example/keys"));
        }

        (await FindAsync("old")).Error!.Reason.Should().Contain("8 key sets");

        never.SetResult(new(HttpStatusCode.NotFound));
        await Task.WhenAll(waiting);
        (await FindAsync("old")).Error.Should().BeNull("its place was not used up");
    }

    [Test]
    public async Task A_refused_fetch_does_not_begin_the_cool_down()
    {
        sets = Sets(o => o.Limits.DocumentFetchesPerMinute = 1);
        await FindAsync("k", url: "https://app.example.com/other");
        clock.Advance(TimeSpan.FromSeconds(59));
        (await FindAsync("old")).Error!.Reason.Should().Contain("documentFetchesPerMinute");

        clock.Advance(TimeSpan.FromSeconds(2));

        (await FindAsync("old")).Error.Should().BeNull();
    }

    [Test]
    public async Task A_set_without_keys_is_not_kept()
    {
        web.Publish(Url, ProofKey.Set());
        var error = (await FindAsync("old")).Error!;

        (error.Id, error.Reason).Should().Be(("HQ1100", "jwks_uri: the answer has no key"));
    }

    [Test]
    public async Task A_set_that_made_room_for_others_cannot_be_had_before_the_cool_down_ends()
    {
        sets = Sets(o => o.Limits.DocumentFetchesPerMinute = 1_000_000);
        (await FindAsync("old")).Error.Should().BeNull();
        for (var i = 0; i < 1000; i++)
        {
            web.Publish($"https://h{i}.example/keys", ProofKey.Set(next), "max-age=600");
            (await FindAsync("next", url: $"https://h{i}.example/keys")).Error.Should().BeNull();
        }

        (await FindAsync("old")).Error!.Reason.Should().Contain("less than 30 seconds ago");

        clock.Advance(PublishedKeySets.CoolDown);
        (await FindAsync("old")).Error.Should().BeNull();
    }

    private PublishedKeySets Sets(Action<HqOAuth2Options> configure) =>
        new(new(web, clock), new ServerSettings(Given.Options(configure)), clock, log);

    private Task<Outcome<PublicJwk>> FindAsync(string? kid, string algorithm = "ES256", bool mayFetch = true, string url = Url) =>
        sets.FindAsync(url, kid, algorithm, mayFetch, default).AsTask();
}
