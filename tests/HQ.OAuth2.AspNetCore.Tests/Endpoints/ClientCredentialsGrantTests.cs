using HQ.OAuth2.Tests;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The client credentials grant and extension grants (RFC 6749 §4.4, §4.5).</summary>
internal sealed class ClientCredentialsGrantTests
{
    [Test, Rfc("6749-4.4.3-1"), Rfc("9068-2.2-2"), Rfc("9700-4.15.1-1")]
    public async Task A_client_gets_a_token_that_speaks_for_itself_and_no_refresh_token()
    {
        await using var app = await TestApp.StartAsync();
        // web may refresh, and still gets no refresh token here.
        foreach (var client in new[] { "web", "post", "machine" })
        {
            var answer = await app.PostAsync(Token, [ClientCredentials, .. TestApp.Credentials(client)]);
            answer.Json.TryGetProperty("refresh_token", out _).Should().BeFalse();
            JwtPart(answer.AccessToken(), 1).GetProperty("sub").GetString().Should().Be(client);
            var known = (await app.IntrospectAsync(answer.AccessToken())).Json;
            known.GetProperty("sub").GetString().Should().Be(known.GetProperty("client_id").GetString());
            known.TryGetProperty("username", out _).Should().BeFalse();
        }

        (await app.RowsAsync("machine")).Should().BeEmpty();
    }

    [Test, Rfc("6749-4.4-1")]
    public async Task A_public_client_may_not_use_it_whatever_its_registration_says()
    {
        await using var app = await TestApp.StartAsync();
        await app.AddClientAsync(
            new()
            {
                ClientId = "careless",
                Type = ClientType.Public,
                TokenEndpointAuthMethod = "none",
                GrantTypes = ["client_credentials"],
            }
        );
        (await app.PostAsync(Token, ClientCredentials, ("client_id", "careless"))).ShouldBeError("unauthorized_client");
        (await app.PostAsync(Token, ClientCredentials, ("client_id", "spa"))).ShouldBeError("unauthorized_client");

        var start = async () => await TestApp.StartAsync(o => o.Clients.Add(TestApp.Client("p", null, null, [], ["client_credentials"])));
        (await start.Should().ThrowAsync<Exception>()).WithMessage("*client_credentials*");
    }

    [Test, Rfc("6749-4.4.2-1")]
    public async Task Without_credentials_or_with_wrong_ones_there_is_no_token()
    {
        await using var app = await TestApp.StartAsync();
        (await app.PostAsync(Token, ClientCredentials)).ShouldBeError("invalid_client", 401);
        (await app.PostAsync(Token, ClientCredentials, ("client_id", "machine"))).ShouldBeError("invalid_client", 401);
        (await app.PostAsync(Token, ClientCredentials, ("basic", "machine:wrong"))).ShouldBeError("invalid_client", 401);
    }

    [TestCase(null, "read")]
    [TestCase("read", "read")]
    [TestCase("write read write", "read write")]
    [TestCase("  read   write ", "read write")]
    [TestCase("READ", "read write")]
    [TestCase("read admin", "read")]
    [TestCase("delete", null)]
    [TestCase("re\"ad", null)]
    [TestCase("re\\ad", null)]
    [TestCase("read\twrite", null)]
    [TestCase("réad", null)]
    [Rfc("6749-4.4.2-2")]
    [Rfc("6749-3.3-1")]
    [Rfc("6749-3.3-2")]
    [Rfc("6749-3.3-6")]
    [Rfc("6749-10.3-3")]
    public async Task The_scope_is_within_the_clients_or_refused(string? asked, string? granted)
    {
        await using var app = await TestApp.StartAsync(o =>
        {
            o.Clients.Single(c => c.ClientId == "machine").Scopes.Add("read");
            o.Clients.Single(c => c.ClientId == "machine").Scopes.Add("write");
            o.Scopes.Single(s => s.Name == "read").Default = true;
        });
        var answer = await app.PostAsync(
            Token,
            [ClientCredentials, .. Machine, .. asked is null ? Array.Empty<(string, string)>() : [("scope", asked)]]
        );
        if (granted is null)
            answer.ShouldBeError("invalid_scope");
        else
            answer.Scopes().Should().Equal(asked is null ? ["read", "write"] : granted.Split(' '));
    }

    [Test, Rfc("6749-3.3-4"), Rfc("6749-4.4.2-2"), Rfc("9700-2.3-1")]
    public async Task Without_a_scope_the_default_is_granted_and_without_a_default_the_request_fails()
    {
        await using var app = await TestApp.StartAsync();
        (await app.MachineTokenAsync()).Text("scope").Should().Be("read");

        await using var none = await TestApp.StartAsync(
            o =>
            {
                o.Scopes.Clear();
                o.Scopes.Add(new() { Name = "delete", Destructive = true });
            },
            map: null
        );
        (await none.PostAsync(Token, [ClientCredentials, .. Machine])).ShouldBeError("invalid_scope");
        (await none.MachineTokenAsync(("scope", "delete"))).Text("scope").Should().Be("delete");
    }

    [Test, Rfc("6749-4.5-1")]
    public async Task An_extension_grant_of_the_host_is_called_for_authenticated_clients_that_may_use_it()
    {
        await using var app = await TestApp.StartAsync(parts: server => server.AddGrantType<Echo>());
        await app.AddClientAsync(Confidential("extended", "s") with { GrantTypes = [Echo.Name] });
        (string, string) grant = ("grant_type", Echo.Name);

        var answer = await app.PostAsync(Token, grant, ("basic", "extended:s"), ("subject", "bob"));
        answer.Status.Should().Be(200, answer.Body);
        JwtPart(answer.AccessToken(), 1).GetProperty("sub").GetString().Should().Be("bob");
        (await app.PostAsync(Token, grant, ("basic", "extended:s"))).ShouldBeError("authorization_pending");
        (await app.PostAsync(Token, grant, ("basic", "extended:wrong"), ("subject", "bob"))).ShouldBeError("invalid_client", 401);
        (await app.PostAsync(Token, [grant, .. Machine, ("subject", "bob")])).ShouldBeError("unauthorized_client");
    }

    private sealed class Echo(TokenIssuer tokens) : IGrantType
    {
        public const string Name = "https://example.com/grants/echo";

        public string GrantType => Name;

        public async ValueTask<Outcome<TokenResponse>> ExchangeAsync(TokenRequest request, CancellationToken ct) =>
            request.Parameters["subject"] is { } subject
                ? await tokens.IssueAsync(request, subject, ScopeSet.Of("read"), [], ct)
                : OAuthError.Extension("authorization_pending", "Say \"who\".");
    }
}
