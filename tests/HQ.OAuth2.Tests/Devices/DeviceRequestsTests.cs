using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>The ticket of a device: one request, one answer.</summary>
internal sealed class DeviceRequestsTests
{
    private readonly TestClock clock = new();
    private InMemoryTicketStore tickets = null!;
    private DeviceRequests requests = null!;

    [SetUp]
    public void Begin()
    {
        clock.Now = TestClock.Start;
        var settings = new ServerSettings(Given.Options());
        tickets = new(clock);
        requests = new(tickets, new(settings, clock), settings, clock);
    }

    [Test]
    public async Task A_request_is_found_by_its_user_code_until_it_ends()
    {
        var code = await AddAsync();

        var found = (await requests.FindAsync(code.UserCode, default))!;
        found.IsFor(code).Should().BeTrue();
        found.Stranger(code, Given.Client()).Should().BeNull();
        found.Refusal().ShouldBe(OAuthError.AuthorizationPending);
        (found.Scope, found.Resources.Single()).Should().Be(("read", "https://auth.example.com"));
        (await requests.FindAsync(UserCode.New(), default)).Should().BeNull();
        clock.Advance(TimeSpan.FromMinutes(10));
        (await requests.FindAsync(code.UserCode, default)).Should().BeNull();
    }

    [Test]
    public async Task Another_secret_and_another_client_are_strangers()
    {
        var code = await AddAsync();
        var found = (await requests.FindAsync(code.UserCode, default))!;

        found.Stranger(code with { Code = AuthorizationCode.New(code.Code.Id) }, Given.Client()).ShouldBe(OAuthError.InvalidDeviceCode);
        found.Stranger(code, Given.Client("other")).ShouldBe(OAuthError.InvalidDeviceCode);
        found.Stranger(code, Given.Client() with { CreatedAt = TestClock.Start }).ShouldBe(OAuthError.InvalidDeviceCode);
        found.IsFor(DeviceCode.New(TestClock.Start)).Should().BeFalse();
    }

    [Test]
    public async Task The_first_answer_counts_and_the_same_one_again_is_the_same()
    {
        var code = await AddAsync();
        var asked = (await requests.FindAsync(code.UserCode, default))!;

        (await requests.AnswerAsync(code.UserCode, asked, "yes")).Should().BeNull();
        (await requests.AnswerAsync(code.UserCode, asked, "yes")).Should().BeNull();
        (await requests.AnswerAsync(code.UserCode, asked, PendingDevice.Denied)).ShouldBe(OAuthError.AlreadyAnswered);
        var answered = (await requests.FindAsync(code.UserCode, default))!;
        (await requests.AnswerAsync(code.UserCode, answered, PendingDevice.Denied)).ShouldBe(OAuthError.AlreadyAnswered);
        answered.Refusal().Should().BeNull();
    }

    [Test]
    public async Task An_answer_after_the_end_counts_for_nothing()
    {
        var code = await AddAsync();
        var asked = (await requests.FindAsync(code.UserCode, default))!;
        clock.Advance(TimeSpan.FromMinutes(10));

        (await requests.AnswerAsync(code.UserCode, asked, "yes")).ShouldBe(OAuthError.AlreadyAnswered);
        (await requests.FindAsync(code.UserCode, default)).Should().BeNull();
    }

    [Test]
    public async Task Of_many_different_answers_one_counts()
    {
        var code = await AddAsync();
        var asked = (await requests.FindAsync(code.UserCode, default))!;

        var answers = await Racers.AtOnceAsync(50, async i => await requests.AnswerAsync(code.UserCode, asked, $"answer {i}"));

        answers.Count(a => a is null).Should().Be(1);
    }

    [Test]
    public void An_approval_as_an_answer_names_who_what_and_in_which_organization()
    {
        var row = Given.Authorization().Row;
        OAuthAuthorization[] different =
        [
            row,
            row with
            {
                Subject = "bob",
            },
            row with
            {
                Organization = "acme",
            },
            row with
            {
                Scope = ScopeSet.Of("read"),
            },
            row with
            {
                Subject = "alice\",\"acme",
            },
        ];

        different.Select(PendingDevice.AnswerOf).Should().OnlyHaveUniqueItems().And.NotContain(PendingDevice.Denied);
        PendingDevice.AnswerOf(row with { WriteId = "another" }).Should().Be(PendingDevice.AnswerOf(row));
    }

    [TestCase(null, """["alice","","read write"]""")]
    [TestCase("acme", """["alice","acme","read write"]""")]
    public void Nodes_of_two_versions_make_one_answer_of_an_approval(string? organization, string text)
    {
        var row = Given.Authorization().Row with { Organization = organization };
        var expected = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text));

        PendingDevice.AnswerOf(row).Should().Be(Convert.ToBase64String(expected));
    }

    [TestCase(4, true)]
    [TestCase(5, false)]
    public async Task A_store_that_refuses_five_new_tickets_is_a_fault(int refusals, bool works)
    {
        var settings = new ServerSettings(Given.Options());
        var refusing = new RefusingTickets(tickets) { Left = refusals };
        requests = new(refusing, new(settings, clock), settings, clock);

        if (works)
            (await requests.FindAsync((await AddAsync()).UserCode, default)).Should().NotBeNull();
        else
            await FluentActions
                .Awaiting(() => AddAsync().AsTask())
                .Should()
                .ThrowAsync<InvalidOperationException>()
                .WithMessage($"{typeof(RefusingTickets)} refused 5 new tickets: does TryAddAsync look at the key?");
    }

    [Test]
    public async Task A_failure_of_the_store_is_no_wrong_code()
    {
        var options = Given.Options(o => o.Limits.WrongUserCodes = 1);
        var settings = new ServerSettings(options);
        var failing = new RefusingTickets(tickets) { FailingReads = 2 };
        requests = new(failing, new(settings, clock), settings, clock);
        var code = await AddAsync();
        var enter = async () => (await requests.EnterAsync(code.UserCode, "alice", "192.0.2.1", default)).Error;

        await enter.Should().ThrowAsync<IOException>();
        await enter.Should().ThrowAsync<IOException>();

        (await enter()).Should().BeNull();
    }

    [Test]
    public async Task A_ticket_that_cannot_be_read_is_no_request()
    {
        var code = await AddAsync();
        var key = "device:" + Convert.ToHexStringLower(IssuedText.Hash(System.Text.Encoding.ASCII.GetBytes(code.UserCode.Text)));
        var ticket = (await tickets.FindAsync(key, default))!;
        foreach (var text in new[] { "", "{}", "null", "[]", "not json" })
        {
            (await tickets.TryReplaceAsync(key, ticket, text, default)).Should().BeTrue();
            (await requests.FindAsync(code.UserCode, default)).Should().BeNull(text);
            ticket = text;
        }
    }

    private ValueTask<DeviceCode> AddAsync() =>
        requests.AddAsync(Given.Client(), ScopeSet.Of("read"), ["https://auth.example.com"], default);
}
