using System.Text.RegularExpressions;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Mvc.Testing;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The sample's sign-in page keeps the rules of a login page (RFC 9700 §2.1, §4.12, §4.16).</summary>
internal sealed class QuickStartSignInTests
{
    [TestCase("/oauth2/authorize?a=b", "/oauth2/authorize?a=b")]
    [TestCase("https://evil.example", "/")]
    [TestCase("//evil.example", "/")]
    [TestCase("/\\evil.example", "/")]
    [TestCase("/\t/evil.example", "/")]
    [TestCase("javascript:alert(1)", "/")]
    [TestCase("", "/")]
    [Rfc("9700-2.1-2")]
    [Rfc("9700-4.12-1")]
    [Rfc("9700-4.12-2")]
    [Rfc("9700-4.16-1")]
    [Rfc("9700-4.2.4-2")]
    public async Task Sign_in_returns_to_a_path_of_this_host_only(string returnUrl, string expected)
    {
        await using var factory = new WebApplicationFactory<Program>();
        using var http = factory.CreateClient(new() { AllowAutoRedirect = false, BaseAddress = new("https://localhost") });
        using var page = await http.GetAsync("/login?ReturnUrl=" + Uri.EscapeDataString(returnUrl));
        page.Headers.GetValues("X-Frame-Options").Should().Equal("DENY");
        page.Headers.GetValues("Content-Security-Policy").Single().Should().Contain("frame-ancestors 'none'");
        page.Headers.GetValues("Referrer-Policy").Should().Equal("no-referrer");
        page.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");

        var fields = Regex
            .Matches(await page.Content.ReadAsStringAsync(), "<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">")
            .ToDictionary(m => m.Groups[1].Value, m => System.Net.WebUtility.HtmlDecode(m.Groups[2].Value), StringComparer.Ordinal);
        (fields["username"], fields["password"]) = ("alice", "alice");
        using var form = new FormUrlEncodedContent(fields);
        using var signedIn = await http.PostAsync("/login", form);
        ((int)signedIn.StatusCode).Should().Be(303);
        signedIn.Headers.NonValidated["Location"].ToString().Should().Be(expected);

        fields.Remove("__RequestVerificationToken").Should().BeTrue();
        using var forged = new FormUrlEncodedContent(fields);
        ((int)(await http.PostAsync("/login", forged)).StatusCode).Should().Be(400);
    }

    [Test]
    public async Task After_a_wrong_password_the_name_stays_and_the_password_does_not()
    {
        await using var factory = new WebApplicationFactory<Program>();
        using var http = factory.CreateClient(new() { AllowAutoRedirect = false, BaseAddress = new("https://localhost") });
        var page = await http.GetStringAsync("/login");
        var token = Regex.Match(page, "name=\"__RequestVerificationToken\" value=\"([^\"]*)\"").Groups[1].Value;
        using var form = new FormUrlEncodedContent([
            KeyValuePair.Create("username", "alice\"><b>"),
            KeyValuePair.Create("password", "a-wrong-password"),
            KeyValuePair.Create("__RequestVerificationToken", token),
        ]);

        using var refused = await http.PostAsync("/login", form);

        ((int)refused.StatusCode).Should().Be(401);
        var body = await refused.Content.ReadAsStringAsync();
        body.Should().Contain("The name or the password is wrong.").And.Contain("name=\"username\" value=\"alice&quot;&gt;&lt;b&gt;\"");
        body.Should().NotContainAny("a-wrong-password", "<b>");
    }
}
