using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The page that asks, and the answers that count (RFC 6749 §10.2, §10.12, RFC 9700 §4.2.4, §4.16).</summary>
internal sealed class ConsentPageTests
{
    private TestApp app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => app = await TestApp.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test, Rfc("6749-10.12-1")]
    public async Task An_answer_without_the_antiforgery_token_counts_for_nothing()
    {
        var browser = app.NewBrowser("anton");
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
        var handle = Browser.HiddenFields(page).Where(f => f.Name == "hq_request");
        var answer = await browser.PostAsync("/oauth2/authorize", [.. handle, ("decision", "approve")]);
        answer.ShouldBeErrorPage();
        answer.Body.Should().NotContain("hqa_").And.Contain("Show the question again");
        (await app.RowsAsync("anton")).Should().BeEmpty();
    }

    [Test, Rfc("6749-10.12-1")]
    public async Task An_answer_with_the_token_of_another_user_counts_for_nothing()
    {
        var evil = app.NewBrowser("mallory");
        var page = await evil.GetAsync(TestApp.AuthorizeUrl("web"));
        var victim = app.NewBrowser("vera");
        await victim.GetAsync(TestApp.AuthorizeUrl("web"));
        (await victim.PressAsync(page, "approve")).ShouldBeErrorPage();

        // Another user in the same browser.
        evil.SignIn("vera");
        (await evil.PressAsync(page, "approve")).ShouldBeErrorPage();
        (await app.RowsAsync("vera")).Should().BeEmpty();
        (await app.RowsAsync("mallory")).Should().BeEmpty();
    }

    [Test, Rfc("6749-10.12-1"), Rfc("6749-10.12-2"), Rfc("6749-4.1.1-2")]
    public async Task A_decision_in_the_address_decides_nothing()
    {
        var browser = app.NewBrowser("greta");
        var url = TestApp.AuthorizeUrl("web", ("decision", "approve"));
        (await browser.GetAsync(url)).IsConsentPage().Should().BeTrue();
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
        var fields = string.Join('&', Browser.HiddenFields(page).Select(f => $"{f.Name}={Uri.EscapeDataString(f.Value)}"));
        (await browser.GetAsync("/oauth2/authorize?decision=approve&" + fields)).IsConsentPage().Should().BeTrue();
        (await browser.GetAsync("/oauth2/authorize?decision=deny&" + fields)).Location.Should().BeNull();
        (await app.RowsAsync("greta")).Should().BeEmpty();
    }

    [TestCase("maybe")]
    [TestCase("Approve")]
    [TestCase("approve ")]
    public async Task An_answer_that_is_neither_yes_nor_no_asks_again(string decision)
    {
        var browser = app.NewUser();
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
        (await browser.PressAsync(page, decision)).IsConsentPage().Should().BeTrue();
    }

    [Test]
    public async Task A_double_click_gives_one_code_that_works_once()
    {
        var browser = app.NewUser();
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
        var first = (await browser.PressAsync(page, "approve")).LocationParameter("code")!;
        var second = (await browser.PressAsync(page, "approve")).LocationParameter("code")!;
        second.Should().Be(first);
        (await app.RedeemAsync("web", first)).Status.Should().Be(200);
        (await app.RedeemAsync("web", first)).ShouldBeError("invalid_grant");
    }

    [Test, Rfc("6749-3.1-1")]
    public async Task A_session_that_ends_before_the_answer_is_asked_for_again()
    {
        var browser = app.NewBrowser("lou");
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
        browser.SignIn("");
        var challenge = await browser.PressAsync(page, "approve");
        challenge.ReturnUrl().Should().Be(TestApp.AuthorizeUrl("web"));
        (await app.RowsAsync("lou")).Should().BeEmpty();

        browser.SignIn("lou");
        (await browser.ApproveAsync(challenge.ReturnUrl())).LocationParameter("code").Should().NotBeNull();
    }

    [Test, Rfc("6749-10.2-1"), Rfc("21-7.9-1")]
    public async Task The_page_names_the_client_the_host_the_scopes_the_time_and_the_user()
    {
        var page = await app.NewBrowser("iris").GetAsync(TestApp.AuthorizeUrl("web", ("scope", "read delete")));
        page.Heading().Should().Be("Allow web to use your auth.example.com account?");
        page.Body.Should().Contain("<dt>The app is at</dt><dd><span class=\"to\">app.example.com</span> ");
        page.Body.Should().Contain("<span>Read your notes</span></li><li class=\"danger\">");
        page.Body.Should().Contain("<span>Delete notes <strong class=\"badge\">can destroy data</strong></span></li>");
        page.Body.Should().Contain("Registered here by an administrator.").And.Contain("for 180 days at most");
        page.Body.Should().NotContain("default", "the name of an organization in the registration is internal");
        page.Body.Should().Contain("Signed in as <bdi>iris</bdi>").And.NotContain("It gets access to", "it is the service itself");
        page.Body.IndexOf("Signed in as", StringComparison.Ordinal)
            .Should()
            .BeLessThan(page.Body.IndexOf("<h1>", StringComparison.Ordinal));
        var other = await app.NewUser().GetAsync(TestApp.AuthorizeUrl("native"));
        other.Body.Should().Contain("This computer <span class=\"to\">127.0.0.1:4711</span>").And.Contain("only if you started");
        other.Body.Should().Contain("for 90 days at most");
    }

    [Test, Rfc("9700-4.16-1"), Rfc("9700-4.16-2"), Rfc("9700-4.2.4-1"), Rfc("9700-4.2.4-2")]
    public async Task Every_page_is_unframed_unscripted_unreferred_and_uncached()
    {
        Answer[] pages =
        [
            await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web")),
            await app.NewUser().GetAsync(TestApp.AuthorizeUrl("nobody")),
            await app.NewUser().GetAsync(TestApp.AuthorizeUrl(await app.DcrAsync(), ("scope", "re\"ad"))),
            await app.NewUser().GetAsync("/oauth2/authorize?hq_request=damaged"),
        ];
        foreach (var page in pages)
        {
            page.ContentType.Should().Be("text/html");
            page.Header("X-Frame-Options").Should().Be("DENY");
            page.Header("X-Content-Type-Options").Should().Be("nosniff");
            page.Header("Referrer-Policy").Should().Be("no-referrer");
            page.Header("Cache-Control").Should().Contain("no-store");
            var policy = page.Header("Content-Security-Policy")!;
            policy.Should().Contain("default-src 'none'").And.Contain("script-src 'none'").And.Contain("frame-ancestors 'none'");
            // The one style is the one that the policy allows.
            var style = page.Body.Split("<style>")[1].Split("</style>")[0];
            var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(style));
            policy.Should().Contain($"'sha256-{Convert.ToBase64String(hash)}'");
            page.Body.Should().NotContainAny("<script", "<img", "<iframe", "src=", "@import", "url(", " style=");
            // The icon is in the page.
            page.Body.Split("<link").Should().HaveCount(2).And.Subject.Last().Should().StartWith(" rel=\"icon\" href=\"data:image/svg");
            policy.Should().Contain("img-src data:;");
            page.Body.Should().NotMatchRegex(" on[a-z]+=");
        }
    }

    [TestCase("<img src=x onerror=alert(1)>")]
    [TestCase("\"'><script>alert(1)</script>")]
    [TestCase("&lt;b&gt;")]
    [TestCase("{{constructor}} </title></style>")]
    [Rfc("6749-10.14-1")]
    [Rfc("7591-2.2-2")]
    public async Task A_hostile_name_is_text(string name)
    {
        var registered = await app.RegisterAsync(
            new
            {
                redirect_uris = new[] { TestApp.RedirectUri },
                client_name = name,
                token_endpoint_auth_method = "none",
            }
        );
        registered.Text("client_name").Should().Be(name);
        var page = await app.NewUser().GetAsync(TestApp.AuthorizeUrl(registered.Text("client_id")!));
        page.Body.Should().NotContain(name);
        page.Heading().Should().Be($"Allow {name} to use your auth.example.com account?");
        page.Body.Split("<h1>Allow <bdi>")[1].Split("</bdi>")[0].Should().NotContainAny("<", ">", "\"", "'");
    }

    [Test, Rfc("6749-10.2-1")]
    public async Task The_page_folds_scopes_allowed_before_and_strikes_out_scopes_not_requested()
    {
        var browser = app.NewBrowser("nora");
        var first = await browser.GetAsync(TestApp.AuthorizeUrl("native", ("scope", "read")));
        first
            .Body.Should()
            .NotContain("You have allowed this before")
            .And.Contain("Not asked for: <s>Write notes</s>, <s>Delete notes</s></p>");
        // A code that nobody redeems has allowed nothing yet.
        var code = (await browser.PressAsync(first, "approve")).LocationParameter("code")!;
        var second = await browser.GetAsync(TestApp.AuthorizeUrl("native", ("scope", "read write")));
        second.Body.Should().NotContain("You have allowed this before");

        (await app.RedeemAsync("native", code)).Status.Should().Be(200);
        var third = await browser.GetAsync(TestApp.AuthorizeUrl("native", ("scope", "read write")));
        third.Body.Should().Contain("<details><summary class=\"soft\">You have allowed this before (1)</summary>");
        third.Body.Split("<details>")[0].Should().Contain("Write notes").And.NotContain("Read your notes");
        // Another user's answers are none of this one's.
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl("native", ("scope", "read write"))))
            .Body.Should()
            .NotContain("You have allowed this before");
    }

    [Test]
    public async Task Another_account_signs_out_and_comes_back_to_the_same_request()
    {
        var browser = app.NewBrowser("olga");
        var url = TestApp.AuthorizeUrl("web");
        var page = await browser.GetAsync(url);
        page.Body.Should().Contain("name=\"decision\" value=\"switch_account\" formnovalidate>Use another account</button>");

        var challenge = await browser.PressAsync(page, "switch_account");
        (challenge.Status, challenge.ReturnUrl()).Should().Be((303, url));
        challenge.Header("Set-Cookie").Should().Contain("test-user=;");

        browser.SignIn("paula");
        (await browser.GetAsync(challenge.ReturnUrl())).Body.Should().Contain("Signed in as <bdi>paula</bdi>");
        (await app.RowsAsync("olga")).Should().BeEmpty();
    }

    [Test, Rfc("6749-10.12-1")]
    public async Task Nobody_is_signed_out_from_elsewhere()
    {
        var browser = app.NewBrowser("quentin");
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
        var handle = Browser.HiddenFields(page).Where(f => f.Name == "hq_request");
        var answer = await browser.PostAsync("/oauth2/authorize", [.. handle, ("decision", "switch_account")]);
        answer.ShouldBeErrorPage();
        answer.Header("Set-Cookie").Should().NotContain("test-user");
        (await browser.GetAsync(TestApp.AuthorizeUrl("web", ("decision", "switch_account")))).IsConsentPage().Should().BeTrue();
    }

    [TestCase("native", "http://127.0.0.1:4711/cb")]
    [TestCase("native", "com.example.app:/oauth2redirect/p")]
    public async Task The_redirect_to_an_app_carries_a_page_with_the_link(string client, string uri)
    {
        var answer = await app.NewUser().ApproveAsync(TestApp.AuthorizeUrl(client, ("redirect_uri", uri)));
        (answer.Status, answer.ContentType).Should().Be((303, "text/html"));
        answer.Location.Should().StartWith(uri + "?code=hqa_");
        answer.Body.Should().Contain($"href=\"{answer.Location!.Replace("&", "&amp;", StringComparison.Ordinal)}\"");
        answer.Body.Should().NotContainAny("http-equiv", "<script");
        answer.Header("Refresh").Should().BeNull();
        answer.Header("Cache-Control").Should().Contain("no-store");
        answer.Header("Referrer-Policy").Should().Be("no-referrer");
    }

    [Test]
    public async Task The_redirect_to_a_site_has_no_body()
    {
        var answer = await app.NewUser().ApproveAsync(TestApp.AuthorizeUrl("web"));
        (answer.Status, answer.Body).Should().Be((303, ""));
    }

    [TestCase("Sh\u043ep (official)", true, true)]
    [TestCase("5hop", true, false)]
    [TestCase("Secure Notes", false, true)]
    [TestCase("Shopping", false, false)]
    public async Task A_name_like_that_of_a_known_app_and_a_claim_of_trust_are_pointed_out(string name, bool imitates, bool claims)
    {
        await app.AddClientAsync(BackChannel.Confidential("shop", TestApp.WebSecret) with { ClientName = "Shop" });
        var id = (await app.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri }, client_name = name })).Text("client_id")!;

        var page = await app.NewUser().GetAsync(TestApp.AuthorizeUrl(id));

        page.IsConsentPage().Should().BeTrue(page.Body);
        page.Body.Contains("This may be an impostor</strong> It uses the name of an app that is registered here").Should().Be(imitates);
        page.Body.Split("<div class=\"alarm\">").Should().HaveCount(1 + (imitates ? 1 : 0) + (claims ? 1 : 0));
        page.Body.Contains("It calls itself official, verified or secure").Should().Be(claims);
    }

    [Test, Rfc("6749-10.14-1")]
    public async Task A_hostile_scope_name_or_resource_is_text()
    {
        const string Scope = "<script>alert('1')</script>";
        await using var hostile = await TestApp.StartAsync(o =>
        {
            o.Scopes.Add(new() { Name = Scope });
            o.Pages.ChooseScopes = true;
            o.Resources.Add(new() { Identifier = "*" });
        });
        var page = await hostile
            .NewUser()
            .GetAsync(TestApp.AuthorizeUrl("native", ("scope", Scope), ("resource", "https://r.example/?a='&b=(1)")));
        page.IsConsentPage().Should().BeTrue(page.Body);
        page.Body.Should().NotContainAny("<script", "a='").And.Contain("&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;");
        page.Body.Should().Contain("r.example/?a=&#x27;&amp;b=(1)");
    }
}
