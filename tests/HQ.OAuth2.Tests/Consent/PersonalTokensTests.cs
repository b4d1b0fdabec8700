using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.Tests;

/// <summary>What a user may ask of a new personal access token, the words of a refusal, and what is stored and told of a token.</summary>
internal sealed class PersonalTokensTests
{
    private const string Notes = "https://notes.example";
    private const string Bound = "https://bound.example";

    private static readonly PersonalTokenRequest good = new()
    {
        Now = TestClock.Start,
        Subject = "alice",
        User = new(),
        Name = "script",
        Scope = ScopeSet.Of("read"),
        Resources = [],
        Organization = null,
        ExpiresAt = TestClock.Start.AddDays(1),
        SignedInAt = null,
    };

    [TestCase(0, false)]
    [TestCase(1, true)]
    [TestCase(64, true)]
    [TestCase(65, false)]
    public Task A_name_has_1_to_64_characters(int length, bool isGood) =>
        ShouldBeAsync(good with { Name = new('a', length) }, "name", isGood ? null : "name must have 1 to 64 visible characters");

    [Test]
    public Task A_name_has_a_visible_character() =>
        ShouldBeAsync(good with { Name = " \u200b" }, "name", "name must have 1 to 64 visible characters");

    [TestCase("", false)]
    [TestCase("read", true)]
    [TestCase("read write delete", true)]
    [TestCase("read admin", false)]
    public Task A_scope_is_a_part_of_what_the_user_may_give(string scope, bool isGood) =>
        ShouldBeAsync(
            good with
            {
                Scope = ScopeSet.Parse(scope).Value,
            },
            "scope",
            isGood ? null : "scope must be some of 'read write delete', at least one"
        );

    [TestCase("https://auth.example.com", null)]
    [TestCase("https://other.example", "resource must be resources of this server")]
    [TestCase(Bound, "resource must be resources that accept tokens without a proof (requireDpop)")]
    public Task A_resource_is_one_of_this_server_that_takes_bearer_tokens(string resource, string? reason) =>
        ShouldBeAsync(good with { Resources = [resource] }, "resource", reason);

    [TestCase("read", null)]
    [TestCase("write", "scope has no meaning for these resources")]
    public Task A_scope_means_something_to_the_resources(string scope, string? reason) =>
        ShouldBeAsync(good with { Scope = ScopeSet.Of(scope), Resources = [Notes] }, "scope", reason);

    [TestCase(0, false)]
    [TestCase(1, true)]
    [TestCase(30 * 86_400, true)]
    [TestCase(30 * 86_400 + 1, false)]
    public Task A_token_ends_in_the_future_and_within_the_lifetime(int seconds, bool isGood) =>
        ShouldBeAsync(
            good with
            {
                ExpiresAt = TestClock.Start.AddSeconds(seconds),
            },
            "expires_at",
            isGood ? null : "expires_at must be in the future, at most 30 days from now"
        );

    [Test]
    public async Task A_token_goes_to_no_redirect_and_its_row_and_its_event_say_so()
    {
        var events = new RecordingEvents();
        await using var host = Host(s => s.AddSingleton<IOAuthEvents>(events));

        var made = (await MakeAsync(host, good)).Value;

        var stored = OAuthAuthorization.FromRecord((await host.Get<IAuthorizationStore>().FindAsync(made.Token.Code.Id, default))!);
        (stored.Code.RedirectUri, stored.Code.RedirectUriWasSent, stored.Code.Challenge).Should().Be(("", false, (string?)null));
        stored.Is(made.Token, TestClock.Start).Should().BeTrue();
        (made.App.RedirectHost, made.App.Name, made.App.IsPersonalToken).Should().Be(("", "script", true));
        var granted = events.All.Should().ContainSingle().Which.Should().BeOfType<OAuthEvent.AuthorizationGranted>().Subject;
        (granted.AuthorizationId, granted.RedirectHost, granted.Asked).Should().Be((stored.Id, "", true));
    }

    private static async Task ShouldBeAsync(PersonalTokenRequest request, string field, string? reason)
    {
        await using var host = Host();

        var error = (await MakeAsync(host, request)).Error;

        if (reason is null)
            error.Should().BeNull();
        else
            (error!.Id, error.Field, error.Reason).Should().Be((OAuthError.InvalidField.Id, field, reason));
    }

    private static Task<Outcome<NewPersonalToken>> MakeAsync(CoreHost host, PersonalTokenRequest request) =>
        host.WithAsync((PersonalTokens tokens) => tokens.MakeAsync(request, default));

    private static CoreHost Host(Action<IServiceCollection>? add = null) =>
        new(
            o =>
            {
                o.PersonalAccessTokenLifetime = TimeSpan.FromDays(30);
                var notes = new ResourceOptions { Identifier = Notes };
                notes.Scopes.Add("read");
                o.Resources.Add(notes);
                o.Resources.Add(new() { Identifier = Bound, RequireDpop = true });
            },
            new TestClock(),
            add
        );
}
