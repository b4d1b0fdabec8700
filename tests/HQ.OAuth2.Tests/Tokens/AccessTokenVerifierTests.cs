using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>What a token may still do: its client, its row, and what the user left of it.</summary>
internal sealed class AccessTokenVerifierTests
{
    private static readonly DateTimeOffset now = TestClock.Start;

    private TestClock clock = null!;
    private CoreHost host = null!;

    [SetUp]
    public void A_server()
    {
        clock = new();
        host = new(
            o =>
            {
                o.PersonalAccessTokens = true;
                o.Resources.Add(new() { Identifier = "https://api.example.com" });
            },
            clock
        );
    }

    [TearDown]
    public async Task End() => await host.DisposeAsync();

    [Test]
    public async Task A_token_is_used_as_it_is_while_its_row_has_all_of_it()
    {
        var (row, text) = await IssuedAsync();

        var token = (await host.VerifyAsync(text))!;

        (token.Subject, token.ClientId, token.AuthorizationId).Should().Be(("alice", "app", row.Id));
        token.Audience.Should().Equal("https://auth.example.com", "https://api.example.com");
        token.Scope.ToString().Should().Be("read write");
        token.ExpiresAt.Should().Be(now.AddMinutes(15));
    }

    [Test]
    public async Task A_token_ends_with_its_row()
    {
        var (row, text) = await IssuedAsync();
        await host.WithAsync(
            async (AuthorizationLoop loop) =>
            {
                await loop.RemoveAsync(row.Id);
                return true;
            }
        );

        (await host.VerifyAsync(text)).Should().BeNull();
        (await FindIssuedAsync(text)).Should().BeNull();
    }

    [Test]
    public async Task A_token_is_of_the_subject_of_its_row()
    {
        var (_, text) = await IssuedAsync(r => r with { Subject = "mallory" });

        (await FindIssuedAsync(text)).Should().BeNull();
        (await host.VerifyAsync(text)).Should().BeNull();
    }

    [Test]
    public async Task A_token_is_of_the_present_registration_of_its_client()
    {
        var (_, text) = await IssuedAsync(r => r with { ClientCreatedAt = r.ClientCreatedAt.AddMilliseconds(1) });

        (await host.VerifyAsync(text)).Should().BeNull();
        (await FindIssuedAsync(text)).Should().BeNull();
    }

    [Test]
    public async Task A_token_whose_client_is_gone_is_refused()
    {
        var (row, _) = await IssuedAsync();
        var text = await IssueAsync(row, Given.Client("gone"));

        (await host.VerifyAsync(text)).Should().BeNull();
    }

    [Test]
    public async Task A_paused_app_may_not_use_its_token_which_is_still_an_issued_one()
    {
        var (_, text) = await IssuedAsync(r => r with { PausedAt = now });

        (await host.VerifyAsync(text)).Should().BeNull();
        (await FindIssuedAsync(text))!.Subject.Should().Be("alice");
    }

    [Test]
    public async Task A_token_loses_what_the_user_took_from_its_row()
    {
        var (_, scope) = await IssuedAsync(r => r with { Scope = ScopeSet.Of("read") });
        var (_, resource) = await IssuedAsync(r => r with { Resources = ["https://api.example.com"] });
        var (_, both) = await IssuedAsync(r => r with { Resources = ["https://other.example.com"] });

        (await host.VerifyAsync(scope))!.Scope.ToString().Should().Be("read");
        (await host.VerifyAsync(scope))!.Audience.Should().HaveCount(2);
        (await host.VerifyAsync(resource))!.Audience.Should().Equal("https://api.example.com");
        (await host.VerifyAsync(resource))!.Scope.ToString().Should().Be("read write");
        (await host.VerifyAsync(both)).Should().BeNull("no resource is left");
    }

    [Test]
    public async Task A_token_ends_at_the_end_that_the_user_set_afterwards()
    {
        var (_, soon) = await IssuedAsync(r => r with { EndsAt = now.AddMinutes(1) });
        var (_, later) = await IssuedAsync(r => r with { EndsAt = now.AddDays(1) });

        (await host.VerifyAsync(soon))!.ExpiresAt.Should().Be(now.AddMinutes(1));
        (await host.VerifyAsync(later))!.ExpiresAt.Should().Be(now.AddMinutes(15));
        clock.Now = now.AddMinutes(1);
        (await host.VerifyAsync(soon)).Should().BeNull();
    }

    [Test]
    public async Task A_token_has_the_organization_of_its_row()
    {
        var (_, text) = await IssuedAsync(r => r with { Organization = "acme" });

        (await host.VerifyAsync(text))!.Organization.Should().Be("acme");
    }

    [Test]
    public async Task A_token_without_a_row_works_until_it_is_revoked()
    {
        var text = await IssueAsync(null, Given.Client());
        var other = await IssueAsync(null, Given.Client());
        var token = (await host.VerifyAsync(text))!;
        token.AuthorizationId.Should().BeNull();

        await host.WithAsync(
            async (AccessTokenVerifier v) =>
            {
                await v.RevokeAsync(token);
                return true;
            }
        );

        (await host.VerifyAsync(text)).Should().BeNull();
        (await host.VerifyAsync(other)).Should().NotBeNull();
    }

    [Test]
    public async Task A_token_without_a_row_is_of_the_present_registration_of_its_client()
    {
        var registry = (IClientRegistry)host.Get<IClientStore>();
        foreach (var (id, created) in new[] { ("old", now.AddMilliseconds(900)), ("new", now.AddSeconds(1)) })
            await registry.TryAddAsync(Given.Client(id) with { CreatedAt = created }, default);

        (await host.VerifyAsync(await IssueAsync(null, Given.Client("old")))).Should().NotBeNull("it was issued in the same second");
        (await host.VerifyAsync(await IssueAsync(null, Given.Client("new")))).Should().BeNull("another client had the id before");
    }

    [Test]
    public async Task A_personal_token_is_what_its_row_says()
    {
        var (row, text) = await PersonalAsync();

        var token = (await host.VerifyAsync(text))!;

        (token.Subject, token.ClientId, token.JwtId, token.AuthorizationId).Should().Be(("alice", PersonalTokenClient.Id, row.Id, row.Id));
        token.ExpiresAt.Should().Be(now.AddDays(1));
        (await StoredAsync(row.Id))!.Personal!.UsedOn.Should().Be(DateOnly.FromDateTime(now.UtcDateTime));
        clock.Now = now.AddDays(1);
        (await host.VerifyAsync(text)).Should().BeNull();
    }

    [Test]
    public async Task A_personal_token_is_bound_to_its_secret_and_its_client()
    {
        var (row, text) = await PersonalAsync();
        var (_, foreign) = await PersonalAsync(r => r with { ClientId = "app" });
        var (_, earlier) = await PersonalAsync(r => r with { ClientCreatedAt = now });

        (await host.VerifyAsync(new PersonalToken(AuthorizationCode.New(row.Id)).ToWire())).Should().BeNull("the secret is another one");
        (await host.VerifyAsync(PersonalToken.New(now).ToWire())).Should().BeNull("there is no such row");
        (await host.VerifyAsync(foreign + "x")).Should().BeNull();
        (await host.VerifyAsync(earlier)).Should().BeNull();
        (await host.VerifyAsync(text)).Should().NotBeNull();
    }

    [Test]
    public async Task A_personal_token_of_a_server_that_has_none_any_more_is_refused()
    {
        await using var without = new CoreHost(clock: clock);
        var (row, token) = Personal();
        await without.WithAsync((AuthorizationLoop loop) => loop.AddAsync(row, default));

        (await without.VerifyAsync(token.ToWire())).Should().BeNull();
    }

    [Test]
    public async Task A_revocation_is_noted_under_the_id_of_the_token_until_it_expires()
    {
        var token = (await host.VerifyAsync(await IssueAsync(null, Given.Client())))!;
        await host.WithAsync(
            async (AccessTokenVerifier v) =>
            {
                await v.RevokeAsync(token);
                return true;
            }
        );
        var tickets = host.Get<ITicketStore>();

        (await tickets.FindAsync("revoked:" + token.JwtId, default)).Should().BeEmpty();
        clock.Now = token.ExpiresAt;
        (await tickets.FindAsync("revoked:" + token.JwtId, default)).Should().BeNull();
    }

    private static (OAuthAuthorization Row, PersonalToken Token) Personal()
    {
        var token = PersonalToken.New(now);
        var (row, _) = Given.Authorization(PersonalTokenClient.Value);
        return (
            row with
            {
                Id = token.Code.Id,
                AccessUntil = now.AddDays(1),
                Personal = new("laptop"),
                Code = row.Code with { Hash = IssuedText.Hash(token.Code.Secret) },
            },
            token
        );
    }

    private async Task<(OAuthAuthorization Row, string Text)> PersonalAsync(Func<OAuthAuthorization, OAuthAuthorization>? change = null)
    {
        var (row, token) = Personal();
        row = change?.Invoke(row) ?? row;
        await host.WithAsync((AuthorizationLoop loop) => loop.AddAsync(row, default));
        return (row, token.ToWire());
    }

    /// <summary>A token of a row, which is changed before it is stored.</summary>
    private async Task<(OAuthAuthorization Row, string Text)> IssuedAsync(Func<OAuthAuthorization, OAuthAuthorization>? change = null)
    {
        var (row, code) = Given.Authorization();
        row = row with { Resources = ["https://auth.example.com", "https://api.example.com"] };
        row = row.Redeem(Given.Redemption(code), null, host.Get<ServerSettings>().Resources, Given.Lifetimes())
            .ShouldSwap(row)
            .Authorization;
        var text = await IssueAsync(row, Given.Client());
        var stored = change?.Invoke(row) ?? row;
        await host.WithAsync((AuthorizationLoop loop) => loop.AddAsync(stored, default));
        return (stored, text);
    }

    private Task<string> IssueAsync(OAuthAuthorization? row, Client client) =>
        host.WithAsync(
            async (TokenIssuer issuer) =>
            {
                var request = new TokenRequest(client, OAuthParameters.Empty, now);
                var answer = row is null
                    ? await issuer.IssueAsync(request, client.ClientId, ScopeSet.Of("read"), [], default)
                    : await issuer.IssueAsync(request, new(row, row.Scope, [.. row.Resources], null), default);
                return answer.AccessToken;
            }
        );

    private Task<AccessToken?> FindIssuedAsync(string text) => host.WithAsync((AccessTokenVerifier v) => v.FindIssuedAsync(text, default));

    private Task<OAuthAuthorization?> StoredAsync(string id) => host.WithAsync((AuthorizationLoop loop) => loop.FindAsync(id, default));
}
