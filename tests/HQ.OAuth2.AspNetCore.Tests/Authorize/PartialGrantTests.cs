using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>An answer that grants a part of the scope: a page with boxes posts the ticked ones as <c>scope</c>.</summary>
internal sealed class PartialGrantTests
{
    [Test]
    [Rfc("6749-3.3-3")]
    public async Task Ticked_scopes_are_granted_and_the_client_is_told()
    {
        await using var app = await TestApp.StartAsync();
        var browser = app.NewBrowser();
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web", ("scope", "read write delete")));
        var answer = await browser.PressAsync(page, "approve", ("scope", "read"), ("scope", "delete"));
        (await app.RedeemAsync("web", answer.LocationParameter("code")!)).Text("scope").Should().Be("read delete");
    }

    [Test]
    [Rfc("6749-4.1.2.1-1")]
    public async Task An_answer_with_only_a_scope_that_was_not_requested_is_a_refusal()
    {
        await using var app = await TestApp.StartAsync();
        var browser = app.NewBrowser();
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web", ("scope", "read write")));
        (await browser.PressAsync(page, "approve", ("scope", "delete"))).ShouldBeErrorRedirect("access_denied");
    }
}
