using System.Security.Claims;
using System.Text.Encodings.Web;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The subject that the host's claim names: what it can be, and that a form stays that of the subject it was shown to.</summary>
internal sealed class SubjectTests
{
    private const string List = "/api/v0/users/me/oauth2/authorizations";

    [Test]
    public async Task A_subject_that_no_store_keeps_is_refused_before_anything_is_asked()
    {
        await using var app = await StartAsync();
        foreach (var subject in new[] { new string('a', Subjects.MaxLength + 1), "%01", "%00", "a%7F" })
        {
            var browser = app.NewBrowser(subject);
            var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
            page.ShouldBeErrorPage();
            page.Body.Should().Contain("HQ1073");
            (await browser.GetAsync("/oauth2/connected-apps")).ShouldBeErrorPage();
            (await browser.GetAsync(List)).ShouldBeProblem(400, "HQ1073");
        }

        app.Logs.Lines.Should().Contain(l => l.Contains("HQ1073") && l.Contains("employee_id") && l.Contains("801 characters"));
        var longest = app.NewBrowser(new string('a', Subjects.MaxLength));
        (await longest.ApproveAsync(TestApp.AuthorizeUrl("web"))).LocationParameter("code").Should().NotBeNull();
    }

    [Test, Rfc("6749-10.12-1")]
    public async Task A_form_counts_only_for_the_subject_it_was_shown_to_whatever_claim_that_is()
    {
        await using var app = await StartAsync();
        var browser = app.NewBrowser("ann");
        var page = await browser.GetAsync(TestApp.AuthorizeUrl("web"));
        var apps = await browser.GetAsync("/oauth2/connected-apps");
        await browser.ApproveAsync(TestApp.AuthorizeUrl("spa"));
        var list = await browser.GetAsync(List);
        apps = await browser.GetAsync("/oauth2/connected-apps");

        // To the antiforgery service both are the same user.
        browser.SignIn("bob");
        (await browser.PressAsync(page, "approve")).ShouldBeErrorPage();
        await browser.ApproveAsync(TestApp.AuthorizeUrl("spa"));
        (await browser.PostAsync("/oauth2/connected-apps", [.. Browser.HiddenFields(apps).Take(1), ("all", "yes")])).ShouldBeErrorPage();
        (await DeleteAllAsync(browser, list)).ShouldBeProblem(400, "HQ1048");
        (await app.RowsAsync("bob", null)).Should().HaveCount(1);

        browser.SignIn("ann");
        (await browser.PressAsync(page, "approve")).LocationParameter("code").Should().NotBeNull();
        (await DeleteAllAsync(browser, list)).Status.Should().Be(204);
        (await app.RowsAsync("ann", null)).Should().BeEmpty();
    }

    private static Task<Answer> DeleteAllAsync(Browser browser, Answer list) =>
        browser.SendAsync(
            new(HttpMethod.Delete, List) { Headers = { { "RequestVerificationToken", list.Header("RequestVerificationToken") } } }
        );

    private static Task<TestApp> StartAsync() =>
        TestApp.StartAsync(
            o => (o.SubjectClaim, o.AuthenticationScheme) = ("employee_id", "Employees"),
            host: h => h.Services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, EmployeeHandler>("Employees", null)
        );

    /// <summary>Everybody has the same NameIdentifier, as where several people share an account.</summary>
    private sealed class EmployeeHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Cookies["test-user"] is not { Length: > 0 } user)
                return Task.FromResult(AuthenticateResult.NoResult());
            var identity = new ClaimsIdentity(
                [new(ClaimTypes.NameIdentifier, "shared"), new("employee_id", Uri.UnescapeDataString(user))],
                Scheme.Name
            );
            return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Scheme.Name)));
        }
    }
}
