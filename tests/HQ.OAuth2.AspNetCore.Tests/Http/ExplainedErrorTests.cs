using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>Errors that explain themselves: to a developer in Development, to the log always, to a stranger never.</summary>
internal sealed class ExplainedErrorTests
{
    [Test]
    public async Task In_development_an_answer_says_what_was_found_and_which_key_to_change()
    {
        await using var app = await TestApp.StartAsync(o => (o.ExplainErrors, o.UnknownScopes) = (null, UnknownScopes.Refuse));

        var scope = await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web", ("scope", "read fly")));
        scope
            .LocationParameter("error_description")
            .Should()
            .Be(
                "The scope is unknown or exceeds what may be granted. "
                    + "(HQ1025: asked for 'read fly', known is 'read write delete', and unknownScopes is refuse)"
            );
        var code = await app.RedeemAsync("spa", "hqa_garbage");
        code.Text("error_description")
            .Should()
            .Be("The authorization code is not valid. (HQ1019: the code is not of our form, or was cut off)");
        code.Text("error_uri").Should().BeNull();
        (await app.PostAsync("/oauth2/token", ("client_id", "spa")))
            .Text("error_description")
            .Should()
            .Be("The parameter grant_type is missing. (HQ1001)");
        var bearer = await app.GetAsync("/api/read", "garbage");
        bearer.Header("WWW-Authenticate").Should().Contain("error_description=\"The token is not valid here. (HQ1041)\"");
    }

    [Test, Rfc("6749-5.2-1")]
    public async Task In_production_the_wire_stays_generic_and_the_log_has_the_reason()
    {
        await using var app = await TestApp.StartAsync(
            o =>
            {
                o.ExplainErrors = null;
                o.Clients.Clear();
                o.Clients.Add(TestApp.Client("spa", null, null, [TestApp.RedirectUri], []));
            },
            environment: "Production"
        );

        (await app.RedeemAsync("spa", "hqa_garbage")).Text("error_description").Should().Be("The authorization code is not valid.");
        var page = await app.NewUser().GetAsync(TestApp.AuthorizeUrl("spa", ("redirect_uri", "https://evil.example/")));
        page.Body.Should().Contain("HQ1033").And.NotContain("evil.example");
        app.Logs.Lines.Should()
            .Contain(l => l.Contains("HQ1019 invalid_grant. the code is not of our form"))
            .And.Contain(l => l.Contains("HQ1033 invalid_request. redirect_uri is 'https://evil.example/', registered is"));
    }

    [Test]
    public async Task A_host_may_name_where_errors_are_explained()
    {
        await using var app = await TestApp.StartAsync(o => o.ErrorURI = "https://docs.example.com/errors#");

        (await app.RedeemAsync("spa", "hqa_garbage")).Text("error_uri").Should().Be("https://docs.example.com/errors#hq1019");
        (await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web", ("response_type", "token"))))
            .LocationParameter("error_uri")
            .Should()
            .Be("https://docs.example.com/errors#hq1028");
        var page = await app.NewUser().GetAsync(TestApp.AuthorizeUrl("nobody"));
        page.Body.Should().Contain("<a href=\"https://docs.example.com/errors#hq1032\" rel=\"noopener noreferrer\">HQ1032</a>");
    }

    [Test]
    public async Task The_page_says_what_to_do_folds_the_details_and_leads_back_to_the_host()
    {
        await using var app = await TestApp.StartAsync(o =>
            (o.Pages.HomeUrl, o.Pages.ServiceName) = ("https://notes.example.com/", "Notes")
        );

        var page = await app.NewUser().GetAsync(TestApp.AuthorizeUrl("nobody"));

        page.Body.Should().Contain("<p>This server does not know the app that sent you here.</p>\n<p>Remove the connection in that app");
        page.Body.Should().Contain("<a href=\"https://notes.example.com/\">Back to Notes</a>");
        page.Body.Split("<details class=\"more\"><summary>Details for developers</summary>")[1]
            .Should()
            .Contain("<dt>Error</dt><dd>HQ1032</dd>")
            .And.Contain("<dt>OAuth error code</dt><dd><code>invalid_client</code></dd>")
            .And.Contain("<dt>Trace id, as in the log</dt>");
    }

    [Test]
    public async Task Each_error_may_have_a_page_of_its_own()
    {
        await using var app = await TestApp.StartAsync(o => o.ErrorURI = "https://docs.example.com/errors/");

        (await app.RedeemAsync("spa", "hqa_garbage")).Text("error_uri").Should().Be("https://docs.example.com/errors/HQ1019");
        (await app.GetAsync("/api/v0/users/me/oauth2/authorizations")).Text("type").Should().Be("https://docs.example.com/errors/HQ1046");
        var page = await app.NewUser().GetAsync(TestApp.AuthorizeUrl("nobody"));
        page.Body.Should().Contain("<a href=\"https://docs.example.com/errors/HQ1032\" rel=\"noopener noreferrer\">HQ1032</a>");
    }

    [TestCase("errors")]
    [TestCase("errors/")]
    [TestCase("https://docs.example.com/errors")]
    [TestCase("https://docs.example.com/a b")]
    [TestCase("https://docs.example.com/\"")]
    public async Task An_error_uri_that_is_none_stops_the_start(string uri)
    {
        var start = () => TestApp.StartAsync(o => o.ErrorURI = uri);

        (await start.Should().ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>()).WithMessage(
            "*errorURI*absolute URI that ends in / or #*"
        );
    }
}
