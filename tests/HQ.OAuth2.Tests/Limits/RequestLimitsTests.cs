using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>What each limit counts, per what, and for how long; each refusal is measured under the limit's name.</summary>
internal sealed class RequestLimitsTests
{
    private const string Address = "192.0.2.1";
    private const string Other = "192.0.2.2";

    private TestClock clock = null!;
    private RequestLimits limits = null!;
    private ReachedLimits reached = null!;

    [SetUp]
    public void Each_limit_has_a_number_of_its_own()
    {
        clock = new();
        limits = new(
            new ServerSettings(
                Given.Options(o =>
                {
                    o.DeviceCodeLifetime = TimeSpan.FromMinutes(10);
                    o.Limits.RegistrationsPerMinute = 2;
                    o.Limits.PushedRequestsPerMinute = 3;
                    o.Limits.DeviceCodesPerMinute = 4;
                    o.Limits.FailedAuthenticationsPerMinute = 5;
                    o.Limits.ClientDeviceCodesPerMinute = 6;
                    o.Limits.PersonalAccessTokensPerHour = 7;
                    o.Limits.WrongUserCodes = 2;
                })
            ),
            clock
        );
        reached = new();
    }

    [TearDown]
    public void Hear_no_more() => reached.Dispose();

    [TestCase("registrations", 2)]
    [TestCase("pushed_requests", 3)]
    [TestCase("device_codes", 4)]
    [TestCase("introspections", 5)]
    public void An_address_has_a_number_for_each_minute(string limit, int number)
    {
        Allowed(() => Take(limit, Address)).Should().Be(number);
        Allowed(() => Take(limit, Other)).Should().Be(number, "each address has its own");
        Allowed(() => Take(limit, null)).Should().Be(number, "unknown addresses share one");
        Take(limit, "").Should().BeFalse("an empty address is not known either");
        reached.ShouldBe(limit, (3 * (Attempts - number)) + 1);

        clock.Advance(TimeSpan.FromMinutes(1));
        Allowed(() => Take(limit, Address)).Should().Be(number);
    }

    [Test]
    public void A_client_has_a_number_of_device_codes_for_each_minute()
    {
        Allowed(() => limits.TryDeviceCodeOf("app")).Should().Be(6);
        Allowed(() => limits.TryDeviceCodeOf("other")).Should().Be(6, "each client has its own");
        limits.TryDeviceCode(Address).Should().BeTrue("the number of the address is another");
        reached.ShouldBe("client_device_codes", 2 * (Attempts - 6));

        clock.Advance(TimeSpan.FromMinutes(1));
        limits.TryDeviceCodeOf("app").Should().BeTrue();
    }

    [Test]
    public void A_user_has_a_number_of_personal_access_tokens_for_each_hour()
    {
        Allowed(() => limits.TryPersonalToken("alice", out _)).Should().Be(7);
        limits.TryPersonalToken("bob", out _).Should().BeTrue("each user has an own number");
        reached.ShouldBe("personal_access_tokens", Attempts - 7);

        clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        limits.TryPersonalToken("alice", out _).Should().BeFalse();
        clock.Advance(TimeSpan.FromTicks(1));
        limits.TryPersonalToken("alice", out _).Should().BeTrue();
    }

    [Test]
    public void A_personal_access_token_that_was_not_made_gives_its_place_back()
    {
        for (var i = 0; i < Attempts; i++)
        {
            limits.TryPersonalToken("alice", out var place).Should().BeTrue();
            place.GiveBack();
        }

        reached.ShouldBeNone();
    }

    [Test, Rfc("8628-5.1-1")]
    public void A_user_may_enter_so_many_wrong_user_codes_from_all_addresses_in_the_lifetime_of_a_code()
    {
        limits.TryUserCode("alice", Address, out _).Should().BeTrue();
        limits.TryUserCode("alice", Other, out _).Should().BeTrue();
        limits.TryUserCode("alice", "192.0.2.3", out _).Should().BeFalse();
        limits.TryUserCode("bob", Address, out _).Should().BeTrue();
        reached.ShouldBe("user_codes", 1);

        clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        limits.TryUserCode("alice", Address, out _).Should().BeFalse();
        clock.Advance(TimeSpan.FromTicks(1));
        limits.TryUserCode("alice", Address, out _).Should().BeTrue();
    }

    [TestCase(Address, Address)]
    [TestCase(null, "")]
    public void An_address_has_the_wrong_user_codes_of_four_users(string? address, string again)
    {
        for (var i = 0; i < 8; i++)
            limits.TryUserCode($"user {i / 2}", address, out _).Should().BeTrue();

        Allowed(() => limits.TryUserCode("alice", again, out _)).Should().Be(0);
        reached.ShouldBe("user_codes", Attempts);
        Allowed(() => limits.TryUserCode("alice", Other, out _)).Should().Be(2, "a code that was not looked at is no wrong one");
    }

    [Test]
    public void A_right_user_code_gives_the_places_of_user_and_address_back()
    {
        for (var i = 0; i < Attempts; i++)
        {
            limits.TryUserCode("alice", Address, out var attempt).Should().BeTrue();
            attempt.GiveBack();
        }

        reached.ShouldBeNone();
    }

    [Test]
    public void A_look_at_the_limit_of_unknown_tokens_counts_none()
    {
        Allowed(() => limits.MayIntrospect(Address)).Should().Be(Attempts);
        Allowed(() => limits.TryIntrospectUnknown(Address)).Should().Be(5);
        reached.ShouldBe("introspections", Attempts - 5);

        limits.MayIntrospect(Address).Should().BeFalse();
        limits.MayIntrospect(Other).Should().BeTrue();
        reached.ShouldBe("introspections", Attempts - 5 + 1);
    }

    [Test]
    public void One_limit_takes_nothing_from_another()
    {
        foreach (var limit in new[] { "introspections", "device_codes", "pushed_requests", "registrations" })
            Allowed(() => Take(limit, Address)).Should().BePositive();

        limits.TryDeviceCodeOf(Address).Should().BeTrue();
        limits.TryPersonalToken(Address, out _).Should().BeTrue();
        limits.TryUserCode(Address, Address, out _).Should().BeTrue();
        limits.TryGuess("app", Address, isSlow: false).Error.Should().BeNull();
        limits.TryGuessAtNobody(Address).Should().NotBeNull();
    }

    // More than any of the numbers.
    private const int Attempts = 20;

    private static int Allowed(Func<bool> take) => Enumerable.Range(0, Attempts).Count(_ => take());

    private bool Take(string limit, string? address) =>
        limit switch
        {
            "registrations" => limits.TryRegister(address),
            "pushed_requests" => limits.TryPush(address),
            "device_codes" => limits.TryDeviceCode(address),
            _ => limits.TryIntrospectUnknown(address),
        };
}
