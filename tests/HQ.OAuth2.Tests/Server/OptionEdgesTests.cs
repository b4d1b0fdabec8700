namespace HQ.OAuth2;

/// <summary>The rules about several keys: what is just allowed, and the sentences that name the fix.</summary>
internal sealed class OptionEdgesTests
{
    [TestCase(500, true)]
    [TestCase(501, false)]
    public void There_are_at_most_500_scopes(int count, bool fits) =>
        Problems(o => Scopes(o, count, _ => "s")).Should().HaveCount(fits ? 0 : 1);

    // With the space that follows each: 100 names of 39 characters are 4000.
    [TestCase(39, true)]
    [TestCase(40, false)]
    public void All_scopes_together_have_at_most_4000_characters(int lengthOfTheLast, bool fits) =>
        Problems(o => Scopes(o, 100, i => new string('s', (i == 99 ? lengthOfTheLast : 39) - 3)))
            .Should()
            .BeEquivalentTo(
                fits
                    ? []
                    : new[]
                    {
                        "auth:oauth2:authorizationServer:scopes = 100 scopes is too much text for a request and a token: use shorter names, "
                            + "4000 characters in all, with a space between two.",
                    }
            );

    [TestCase(90, true, true)]
    [TestCase(91, true, false)]
    [TestCase(91, false, true)]
    public void A_page_with_a_box_for_each_scope_has_at_most_90(int count, bool chosen, bool fits) =>
        Problems(o =>
            {
                o.Pages.ChooseScopes = chosen;
                Scopes(o, count, _ => "s");
            })
            .Should()
            .HaveCount(fits ? 0 : 1);

    [TestCase(true, true, true)]
    [TestCase(true, false, true)]
    [TestCase(false, false, true)]
    [TestCase(false, true, false)]
    public void Pushed_requests_are_demanded_only_where_they_are_offered(bool offered, bool demanded, bool fits) =>
        Problems(o => (o.PushedAuthorizationRequests, o.RequirePushedAuthorizationRequests) = (offered, demanded))
            .Should()
            .BeEquivalentTo(
                fits
                    ? []
                    : new[]
                    {
                        "auth:oauth2:authorizationServer:requirePushedAuthorizationRequests = True is on, and pushedAuthorizationRequests is off: no client could "
                            + "connect, so set that to true, or this to false.",
                    }
            );

    [TestCase(true, PersonalTokenClient.Id, false)]
    [TestCase(true, "app", true)]
    [TestCase(false, PersonalTokenClient.Id, true)]
    public void The_id_of_personal_tokens_is_taken_while_there_are_any(bool personal, string id, bool fits) =>
        Problems(o =>
            {
                o.PersonalAccessTokens = personal;
                Client(o, id);
                Client(o, "another");
            })
            .Should()
            .BeEquivalentTo(
                fits
                    ? []
                    : new[]
                    {
                        $"auth:oauth2:authorizationServer:clients:clientId = {id} is that of personal access tokens: choose another.",
                    }
            );

    [Test]
    public void A_resource_may_have_each_scope_that_is_listed() =>
        Problems(o =>
            {
                var resource = new ResourceOptions { Identifier = "urn:x" };
                resource.Scopes.Add("read");
                resource.Scopes.Add("nope");
                o.Resources.Add(resource);
            })
            .Should()
            .Equal("auth:oauth2:authorizationServer:resources:urn:x:scopes = nope is not in scopes: add it there or remove it here.");

    [Test]
    public void Documents_from_this_machine_are_explained() =>
        Problems(o => o.Documents.AllowLoopback = true)
            .Should()
            .Equal(
                "auth:oauth2:authorizationServer:documents:allowLoopback = True lets anonymous callers make this machine send requests to itself: "
                    + "it is for tests, in Development only."
            );

    [Test]
    public void Two_forms_of_one_secret_are_one_too_many() =>
        HqOAuth2OptionsRules
            .Problems(
                Given.Options(o =>
                {
                    var client = Client(o, "app");
                    (client.Secret, client.SecretHash) = ("the-secret-of-the-host", ClientSecrets.Keep("the-secret-of-the-host", 4).Hash);
                }),
                development: true
            )
            .Should()
            .Equal("auth:oauth2:authorizationServer:clients:app:secret = (not shown) and secretHash are both set: keep one.");

    [Test]
    public void A_store_that_cannot_add_clients_is_named_with_both_ways_out() =>
        HqOAuth2OptionsRules
            .StoreProblem(Given.Options(o => o.Dcr = true), new ReadOnlyStore())
            .Should()
            .Be(
                $"auth:oauth2:authorizationServer:dcr = True is on, but {typeof(ReadOnlyStore)} cannot add clients: implement IClientRegistry, or set dcr to false."
            );

    private static IEnumerable<string> Problems(Action<HqOAuth2Options> configure) =>
        HqOAuth2OptionsRules.Problems(Given.Options(configure), development: false);

    // Each name ends with a number of three digits.
    private static void Scopes(HqOAuth2Options options, int count, Func<int, string> name)
    {
        options.Scopes.Clear();
        for (var i = 0; i < count; i++)
            options.Scopes.Add(new() { Name = $"{name(i)}{i:000}" });
    }

    private static ClientOptions Client(HqOAuth2Options options, string id)
    {
        var client = new ClientOptions { ClientId = id };
        client.RedirectUris.Add(Given.RedirectUri);
        options.Clients.Add(client);
        return client;
    }

    private sealed class ReadOnlyStore : IClientStore
    {
        public ValueTask<Client?> FindAsync(string clientId, CancellationToken ct) => new((Client?)null);
    }
}
