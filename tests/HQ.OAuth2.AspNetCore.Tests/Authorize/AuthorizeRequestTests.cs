using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>What a request to the authorization endpoint may look like (RFC 6749 §3.1, §4.1.1, §4.1.2.1).</summary>
internal sealed class AuthorizeRequestTests
{
    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() =>
        app = await TestApp.StartAsync(o =>
            o.Clients.Add(TestApp.Client("robot", TestApp.WebSecret, null, [TestApp.RedirectUri], ["client_credentials"]))
        );

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test, Rfc("6749-3.1-1"), Rfc("9700-2.1-2")]
    public async Task A_user_without_a_session_goes_to_the_hosts_sign_in_and_returns_to_the_consent_page()
    {
        var browser = app.NewBrowser(user: null);
        var challenge = await browser.GetAsync(
            TestApp.AuthorizeUrl("web", ("ReturnUrl", "https://evil.example"), ("return_to", "//evil.example"))
        );
        challenge.Status.Should().Be(302);
        challenge.Body.Should().BeEmpty();
        challenge.ReturnUrl().Should().StartWith("/oauth2/authorize?response_type=code&client_id=web&");

        browser.SignIn("alice");
        (await browser.GetAsync(challenge.ReturnUrl())).IsConsentPage().Should().BeTrue();
    }

    [Test, Rfc("6749-3.1-3"), Rfc("6749-4.1.1-2"), Rfc("6749-10.12-2")]
    public async Task A_get_of_a_signed_in_user_asks_and_grants_nothing()
    {
        var answer = await app.NewBrowser("gwen").GetAsync(TestApp.AuthorizeUrl("web"));
        answer.IsConsentPage().Should().BeTrue();
        answer.Location.Should().BeNull();
        answer.Body.Should().NotContain("hqa_");
        (await app.RowsAsync("gwen")).Should().BeEmpty();
    }

    [Test, Rfc("6749-3.1-4"), Rfc("9700-4.12-2")]
    public async Task A_post_becomes_the_get_with_the_same_parameters()
    {
        var url = TestApp.AuthorizeUrl("web", ("state", "a b&c=d+é"));
        var form = System.Web.HttpUtility.ParseQueryString(url[(url.IndexOf('?', StringComparison.Ordinal) + 1)..]);
        var answer = await app.NewBrowser("pia").PostAsync("/oauth2/authorize", [.. form.AllKeys.Select(k => (k!, form[k]!))]);
        answer.Status.Should().Be(303);
        answer.Location.Should().Be(url);
        (await app.RowsAsync("pia")).Should().BeEmpty();
    }

    [TestCase("PUT")]
    [TestCase("DELETE")]
    [TestCase("PATCH")]
    [Rfc("6749-3.1-4")]
    public async Task Any_other_method_is_refused(string method)
    {
        var answer = await app.SendAsync(new(new(method), TestApp.AuthorizeUrl("web")));
        answer.Status.Should().Be(405);
        answer.Header("Allow").Should().Contain("GET").And.Contain("POST");
    }

    [Test, Rfc("6749-3.1-5"), Rfc("6749-3.1.2.3-1"), Rfc("6749-3.3-4")]
    public async Task An_empty_parameter_counts_as_absent()
    {
        var url = TestApp.AuthorizeUrl("spa", ("state", ""), ("scope", ""), ("redirect_uri", ""), ("prompt", ""));
        var answer = await app.NewUser().ApproveAsync(url);
        answer.Location.Should().StartWith(TestApp.RedirectUri + "?code=").And.NotContain("state");

        var tokens = await app.RedeemAsync("spa", answer.LocationParameter("code")!);
        tokens.Text("scope").Should().Be("read");
    }

    [Test, Rfc("6749-3.1-6")]
    public async Task An_unknown_parameter_is_ignored_and_not_echoed()
    {
        var answer = await app.NewUser().ApproveAsync(TestApp.AuthorizeUrl("web", ("foo", "bar")));
        answer.LocationParameter("code").Should().StartWith("hqa_");
        answer.Location.Should().NotContain("foo").And.NotContain("bar");
    }

    [TestCase("scope", "read")]
    [TestCase("response_type", "code")]
    [TestCase("prompt", "consent")]
    [TestCase("code_challenge", TestApp.Challenge)]
    [TestCase("code_challenge_method", "S256")]
    [Rfc("6749-3.1-7")]
    [Rfc("21-3.1-1")]
    [Rfc("6749-4.1.2.1-2")]
    public async Task A_repeated_parameter_is_refused(string name, string value)
    {
        var url = TestApp.AuthorizeUrl("web", (name, value)) + $"&{name}={value}";
        (await app.NewUser().GetAsync(url)).ShouldBeErrorRedirect("invalid_request");
    }

    [Test, Rfc("6749-3.1-7"), Rfc("6749-3.1-8")]
    public async Task A_repeated_state_is_refused_and_neither_is_echoed()
    {
        var answer = await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web") + "&state=other");
        answer.ShouldBeErrorRedirect("invalid_request", state: null);
    }

    [TestCase("client_id=web")]
    [TestCase("client_id=spa")]
    [TestCase("redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb")]
    [TestCase("redirect_uri=https%3A%2F%2Fevil.example")]
    [Rfc("6749-3.1-7")]
    public async Task Two_clients_or_two_redirect_uris_are_told_to_the_user_only(string more) =>
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web") + "&" + more)).ShouldBeErrorPage();

    [Test, Rfc("21-3.1-1")]
    public async Task Resource_may_repeat()
    {
        var url = TestApp.AuthorizeUrl("web") + "&resource=https%3A%2F%2Fauth.example.com%2Fa&resource=https%3A%2F%2Fauth.example.com%2Fb";
        (await app.NewUser().GetAsync(url)).IsConsentPage().Should().BeTrue();
    }

    [TestCase(null, "invalid_request")]
    [TestCase("", "invalid_request")]
    [TestCase("token", "unsupported_response_type")]
    [TestCase("code token", "unsupported_response_type")]
    [TestCase("id_token token", "unsupported_response_type")]
    [TestCase("CODE", "unsupported_response_type")]
    [TestCase("foo", "unsupported_response_type")]
    [Rfc("6749-3.1.1-1")]
    [Rfc("6749-3.1.1-2")]
    [Rfc("9700-2.1.2-1")]
    public async Task The_response_type_must_be_code(string? type, string error) =>
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web", ("response_type", type)))).ShouldBeErrorRedirect(error);

    [TestCase("fragment")]
    [TestCase("form_post")]
    [TestCase("web_message")]
    [Rfc("9700-4.17.2-1")]
    [Rfc("8414-2-8")]
    public async Task The_answer_goes_into_the_query_only(string mode) =>
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web", ("response_mode", mode)))).ShouldBeErrorRedirect("invalid_request");

    [TestCase(null)]
    [TestCase("")]
    [TestCase("nobody")]
    [TestCase("WEB")]
    [TestCase("web ")]
    [TestCase("wéb")]
    [Rfc("6749-4.1.1-1")]
    [Rfc("6749-3.1.2.4-1")]
    public async Task A_client_that_is_missing_or_unknown_is_told_to_the_user_only(string? client) =>
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web", ("client_id", client)))).ShouldBeErrorPage();

    [Test, Rfc("6749-4.1.1-1")]
    public async Task A_disabled_client_is_unknown()
    {
        var id = await app.DcrAsync();
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl(id))).IsConsentPage().Should().BeTrue();

        await app.AddClientAsync((await app.FindClientAsync(id))! with { Disabled = true });
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl(id))).ShouldBeErrorPage();
    }

    [Test, Rfc("6749-4.1.2.1-3")]
    public async Task A_client_without_the_code_grant_is_refused() =>
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl("robot"))).ShouldBeErrorRedirect("unauthorized_client");

    [Test, Rfc("6749-3.1.2.2-2")]
    public async Task A_client_without_redirect_uris_is_told_to_the_user_only() =>
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl("machine", ("redirect_uri", null)))).ShouldBeErrorPage();

    [TestCase("?client_id=web&state=%GG")]
    [TestCase("?client_id=%C3%28")]
    [TestCase("?client_id=web&state=%4")]
    [Rfc("6749-B-2")]
    public async Task A_request_that_does_not_decode_is_refused_with_a_page(string query)
    {
        (await app.RawAsync(http => (http.Request.Path, http.Request.QueryString) = ("/oauth2/authorize", new(query)))).ShouldBeErrorPage();
        (await app.RawAsync(http => http.Post("/oauth2/authorize", query[1..]))).ShouldBeErrorPage();
        (await app.RawAsync(http => http.Post("/oauth2/token", query[1..]))).ShouldBeError("invalid_request");
    }

    [TestCase("response_type")]
    [TestCase("client_id")]
    [TestCase("redirect_uri")]
    [TestCase("scope")]
    [TestCase("state")]
    [TestCase("code_challenge")]
    [TestCase("code_challenge_method")]
    [TestCase("resource")]
    [TestCase("prompt")]
    [TestCase("response_mode")]
    [TestCase("hq_request")]
    [TestCase("\"><script>alert(1)</script>")]
    [Rfc("6749-10.14-1")]
    [Rfc("6749-4.1.2.1-6")]
    public async Task Hostile_text_in_any_parameter_comes_out_harmless(string name)
    {
        const string hostile = "\"\\><script>alert(1)</script>é'";
        foreach (var value in new[] { hostile, hostile + "\r\nSet-Cookie: a=b" })
        {
            var answer = await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web", (name, value)));
            answer.Status.Should().BeOneOf([200, 302, 400], answer.Body);
            answer.Body.Should().NotContain("<script");
            answer.Header("Set-Cookie").Should().NotBe("a=b");
            (answer.Location ?? "").Should().NotContainAny("<", "\"", "\\", "\r", "\n");
            var description = answer.LocationParameter("error_description") ?? "";
            description.Should().MatchRegex("^[\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]*$");
        }
    }
}
