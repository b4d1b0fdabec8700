using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>An answer that grants a part of the scope: a page with boxes posts the ticked ones as <c>scope</c>.</summary>
internal sealed class PartialGrantTests
{
    [Test]
    [Rfc("6749-3.3-3")]
    public async Task What_was_ticked_is_granted_and_told()
    {
        await using var app = await TestApp.StartAsync();
        var browser = app.NewBrowser();
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web", ("scope", "read write delete")));
        var answer = await browser.PressAsync(page, "approve", ("scope", "read"), ("scope", "delete"));
        (await app.RedeemAsync("web", answer.LocationParameter("code")!)).Text("scope").Should().Be("read delete");
    }

    [Test]
    [Rfc("6749-4.1.2.1-1")]
    public async Task What_was_not_asked_for_cannot_be_ticked_and_nothing_ticked_is_a_no()
    {
        await using var app = await TestApp.StartAsync();
        var browser = app.NewBrowser();
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web", ("scope", "read write")));
        (await browser.PressAsync(page, "approve", ("scope", "delete"))).ShouldBeErrorRedirect("access_denied");
    }
}
