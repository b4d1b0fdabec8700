using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The words of our pages: two languages of ours, and the host's before them.</summary>
internal sealed class PageTextTests
{
    [Test]
    public void Both_languages_say_the_same_with_the_same_holes()
    {
        GermanTexts.All.Keys.Should().BeEquivalentTo(EnglishTexts.All.Keys);
        foreach (var (name, english) in EnglishTexts.All)
        {
            Holes(GermanTexts.All[name]).Should().Be(Holes(english), name);
            if (name is not "dir" && !name.StartsWith("lang", StringComparison.Ordinal) && english.Length > 12)
                GermanTexts.All[name].Should().NotBe(english, "{0} is translated", name);
        }

        static string Holes(string text) =>
            string.Concat(Enumerable.Range(0, 9).Where(i => text.Contains($"{{{i}}}", StringComparison.Ordinal)));
    }

    [TestCase("de", "Darf <bdi>web</bdi> Ihr Konto", "lang=\"de\"", "höchstens 180 Tage")]
    [TestCase("de-AT,de;q=0.9,en;q=0.8", "Darf <bdi>web</bdi> Ihr Konto", "lang=\"de\"", "Ablehnen")]
    [TestCase("en-GB", "Allow <bdi>web</bdi>", "lang=\"en\"", "for 180 days")]
    [TestCase("fr", "Allow <bdi>web</bdi>", "lang=\"en\"", "Deny")]
    public async Task The_page_speaks_the_language_of_the_request(string asked, params string[] parts)
    {
        await using var app = await TestApp.StartAsync(host: b => b.Services.AddSingleton<IStartupFilter, Localized>());
        (await GetAsync(app, TestApp.AuthorizeUrl("web"), asked)).Should().ContainAll(parts);
        var error = await GetAsync(app, TestApp.AuthorizeUrl("nobody"), asked);
        error
            .Should()
            .ContainAll(parts[1], parts[1] == "lang=\"de\"" ? "Diese Anfrage kann nicht fortgesetzt werden" : "This request cannot go on");
        // What the wire and the developers read stays English.
        (await GetAsync(app, TestApp.AuthorizeUrl(await app.DcrAsync(), ("scope", "re\"ad")), asked))
            .Should()
            .Contain("<dd lang=\"en\">The scope is malformed.");
    }

    [Test]
    public async Task The_hosts_words_come_first_and_name_scopes()
    {
        await using var app = await TestApp.StartAsync(parts: p => p.AddPageTexts(_ => new HostTexts()));
        var page = await app.NewUser().GetAsync(TestApp.AuthorizeUrl("web", ("scope", "read write")));
        page.Body.Should()
            .Contain("value=\"deny\" formnovalidate>No &lt;thanks&gt;</button>")
            .And.Contain("value=\"approve\">Allow</button>");
        page.Body.Should().Contain("<span>Lire vos notes</span></li>").And.Contain("<html lang=\"fr\"");
        page.Body.Should().Contain("Registered here by an administrator, for <bdi>Our &lt;own&gt; apps</bdi>.");
    }

    [TestCase("00:00:01", "1 minute")]
    [TestCase("00:15:00", "15 minutes")]
    [TestCase("01:59:59", "120 minutes")]
    [TestCase("02:00:00", "2 hours")]
    [TestCase("1.12:00:00", "36 hours")]
    [TestCase("89.23:00:00", "90 days")]
    public void A_time_is_told_in_its_largest_fitting_unit(string time, string words)
    {
        new PageTexts().Duration(TimeSpan.Parse(time, CultureInfo.InvariantCulture)).Should().Be(words);
    }

    [TestCase("en", 1, "2 January 2026", "2 January 2026, 03:04 UTC")]
    [TestCase("en-US", 9, "2 September 2026", "2 September 2026, 03:04 UTC")]
    [TestCase("de", 3, "2. März 2026", "2. März 2026, 03:04 Uhr (UTC)")]
    [TestCase("de-CH", 12, "2. Dezember 2026", "2. Dezember 2026, 03:04 Uhr (UTC)")]
    public void A_date_is_written_as_readers_of_the_language_write_it(string language, int month, string day, string moment)
    {
        var before = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
            // Another offset: the day is that of UTC.
            var time = new DateTimeOffset(2026, month, 2, 5, 4, 0, TimeSpan.FromHours(2));
            foreach (var (html, words) in new[] { (new PageTexts().Day(time), day), (new PageTexts().Moment(time), moment) })
                System
                    .Net.WebUtility.HtmlDecode(html.ToString())
                    .Should()
                    .Be($"<time datetime=\"2026-{month:00}-02T03:04Z\">{words}</time>");
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    [Test]
    public void Each_language_has_twelve_months()
    {
        foreach (var texts in new[] { EnglishTexts.All, GermanTexts.All })
            texts["date.months"].Split(' ').Should().HaveCount(12);
    }

    [Test]
    public void A_text_is_encoded_around_its_holes()
    {
        var texts = new PageTexts(new HostTexts());
        texts.Of("a", Html.Of($"<b>{"<1>"}</b>"), Html.Of($"2")).ToString().Should().Be("&lt;2 &amp; <b>&lt;1&gt;</b> {x} {9");
        texts.Of("b", Html.Of($"1")).ToString().Should().Be(" after");
        texts.Find("nobody has this").Should().BeNull();
        FluentActions.Invoking(() => texts["nobody has this"]).Should().Throw<KeyNotFoundException>();
    }

    private static async Task<string> GetAsync(TestApp app, string url, string language)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("Accept-Language", language);
        request.Headers.Add("Cookie", "test-user=sven");
        return System.Net.WebUtility.HtmlDecode((await app.SendAsync(request)).Body);
    }

    private sealed class Localized : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.UseRequestLocalization("en", "de", "fr");
                next(app);
            };
    }

    private sealed class HostTexts : IStringLocalizer
    {
        private readonly Dictionary<string, string> texts = new()
        {
            ["lang"] = "fr",
            ["consent.deny"] = "No <thanks>",
            ["scope.read"] = "Lire vos notes",
            ["org.default"] = "Our <own> apps",
            ["a"] = "<2 & {0} {x} {9",
            ["b"] = "{7} after",
        };

        public LocalizedString this[string name] => new(name, texts.GetValueOrDefault(name, name), !texts.ContainsKey(name));

        public LocalizedString this[string name, params object[] arguments] => this[name];

        public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) => [];
    }
}
