using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class PushedRequestsTests
{
    private readonly TestClock clock = new();
    private readonly InMemoryTicketStore tickets;
    private readonly PushedRequests requests;

    public PushedRequestsTests()
    {
        tickets = new(clock);
        requests = new(tickets, clock);
    }

    [Test]
    public void What_is_kept_has_no_credentials_and_each_resource()
    {
        var pushed = OAuthParameters.Of(
            ("client_id", "app"),
            ("client_secret", "secret"),
            ("client_assertion", "a.b.c"),
            ("client_assertion_type", "x"),
            ("resource", "https://a.example"),
            ("resource", "https://b.example"),
            ("state", "s"),
            ("acr_values", "mfa"),
            ("something", "else")
        );

        PushedRequests
            .Kept(pushed, key: null)
            .ToQuery()
            .Should()
            .Be("client_id=app&state=s&resource=https%3A%2F%2Fa.example&resource=https%3A%2F%2Fb.example&acr_values=mfa");
        // RFC 9449 §10.1: a proof takes the place of dpop_jkt.
        PushedRequests
            .Kept(OAuthParameters.Of(("client_id", "app"), ("dpop_jkt", "sent")), "proven")
            .ToQuery()
            .Should()
            .Be("client_id=app&dpop_jkt=proven");
    }

    [Test]
    public void Each_parameter_of_a_request_is_kept(
        [Values(
            "response_type",
            "response_mode",
            "client_id",
            "redirect_uri",
            "scope",
            "state",
            "code_challenge",
            "code_challenge_method",
            "resource",
            "prompt",
            "max_age",
            "acr_values"
        )]
            string name
    ) => PushedRequests.Kept(OAuthParameters.Of((name, "x")), key: null).ToQuery().Should().Be(name + "=x");

    [TestCase(0, true)]
    [TestCase(59, true)]
    [TestCase(60, false)]
    public async Task A_reference_is_good_for_a_minute(int seconds, bool isGood)
    {
        var reference = await AddAsync();
        clock.Advance(TimeSpan.FromSeconds(seconds));

        var found = await requests.FindAsync(Sent("app", reference), default);

        found.Failed(out var error, out var request).Should().Be(!isGood);
        if (isGood)
            request.Parameters["state"].Should().Be("s");
        else
            error!.Id.Should().Be(OAuthError.RequestUriInvalid.Id);
    }

    [Test]
    public async Task One_authorization_claims_a_request_and_may_claim_it_again()
    {
        var reference = await AddAsync();
        var first = (await requests.FindAsync(Sent("app", reference), default)).Value.Pushed;
        clock.Advance(TimeSpan.FromSeconds(30));
        var second = (await requests.FindAsync(Sent("app", reference), default)).Value.Pushed;

        (await PushedRequests.ClaimAsync(tickets, first, "one")).Should().BeNull();
        (await PushedRequests.ClaimAsync(tickets, first, "one")).Should().BeNull();
        (await PushedRequests.ClaimAsync(tickets, second, "two"))!.Id.Should().Be(OAuthError.RequestUriInvalid.Id);
        (await requests.FindAsync(Sent("app", reference), default)).Failed(out _, out _).Should().BeTrue();
        clock.Now = second.EndsAt.AddTicks(-1);
        (await PushedRequests.ClaimAsync(tickets, second, "two"))
            .Should()
            .NotBeNull("the note lasts as long as the last page of the request");
    }

    [Test]
    public async Task Another_client_and_another_reference_find_nothing()
    {
        var reference = await AddAsync();

        foreach (var sent in new[] { Sent("other", reference), Sent("app", reference + "x"), Sent("app", "urn:x"), Sent("App", reference) })
            (await requests.FindAsync(sent, default)).Failed(out _, out _).Should().BeTrue();
    }

    [Test]
    public async Task Each_reference_finds_its_own_request()
    {
        var (first, second) = (await AddAsync(), await AddAsync("t"));

        (await requests.FindAsync(Sent("app", first), default)).Value.Parameters["state"].Should().Be("s");
        (await requests.FindAsync(Sent("app", second), default)).Value.Parameters["state"].Should().Be("t");
    }

    [Test]
    public async Task A_reference_is_sent_with_the_id_of_its_client() =>
        (await requests.FindAsync(OAuthParameters.Of(("request_uri", await AddAsync())), default)).Error.ShouldBe(
            OAuthError.MissingParameter("client_id")
        );

    [Test]
    public async Task A_store_that_refuses_a_new_ticket_is_a_fault()
    {
        var add = async () =>
            await new PushedRequests(new RefusingTickets(tickets) { Left = 1 }, clock).AddAsync(OAuthParameters.Empty, default);

        await add.Should()
            .ThrowAsync<InvalidOperationException>()
            .WithMessage($"{typeof(RefusingTickets)} refused a new ticket: does TryAddAsync look at the key?");
    }

    private ValueTask<string> AddAsync(string state = "s") =>
        requests.AddAsync(OAuthParameters.Of(("client_id", "app"), ("state", state)), default);

    private static OAuthParameters Sent(string client, string reference) =>
        OAuthParameters.Of(("client_id", client), ("request_uri", reference));
}
