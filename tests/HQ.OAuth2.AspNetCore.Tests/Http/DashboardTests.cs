using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>docs/dashboard.json and docs/alerts.yaml ask for nothing that is not measured, by what OpenTelemetry's exporter writes.</summary>
[NonParallelizable]
internal sealed partial class DashboardTests
{
    // Labels that Prometheus adds by itself, and that of a histogram's bucket.
    private static readonly string[] added = ["job", "instance", "le"];

    private readonly Dictionary<string, Dictionary<string, HashSet<string>>> written = [];

    [OneTimeSetUp]
    public async Task MeasureAsync()
    {
        await using var app = await TestApp.StartAsync(
            o => (o.Limits.FailedAuthenticationsPerMinute, o.Limits.RegistrationsPerMinute) = (1, 1),
            map: web => web.MapPrometheusScrapingEndpoint("/metrics"),
            host: builder =>
                builder.Services.AddOpenTelemetry().WithMetrics(m => m.AddMeter(HqOAuth2Telemetry.Name).AddPrometheusExporter())
        );
        var code = await app.CodeAsync("spa");
        var tokens = await app.RedeemAsync("spa", code);
        await app.RefreshAsync("spa", tokens.RefreshToken());
        await app.RefreshAsync("spa", tokens.RefreshToken());
        await app.RedeemAsync("spa", code);
        await app.TokensAsync("web");
        for (var i = 0; i < 3; i++)
        {
            await app.PostAsync("/oauth2/token", ("grant_type", "client_credentials"), ("basic", "machine:wrong" + i));
            await app.RegisterAsync(new { });
        }

        await app.PostAsync("/oauth2/introspect", ("token", "x"));
        app.Clock.Advance(TimeSpan.FromDays(200));
        await app.Services.GetServices<IHostedService>().OfType<Pruning>().Single().RunAsync(CancellationToken.None);

        foreach (Match line in Line().Matches((await app.GetAsync("/metrics")).Body))
        {
            if (!written.TryGetValue(line.Groups["name"].Value, out var labels))
                written.Add(line.Groups["name"].Value, labels = []);
            foreach (Match label in Label().Matches(line.Groups["labels"].Value))
            {
                if (!labels.TryGetValue(label.Groups["name"].Value, out var values))
                    labels.Add(label.Groups["name"].Value, values = []);
                values.Add(label.Groups["value"].Value);
            }
        }
    }

    [TestCase("dashboard.json")]
    [TestCase("alerts.yaml")]
    public void Every_metric_exists(string file)
    {
        var asked = Metric().Matches(Text(file)).Select(m => m.Value).ToHashSet();
        asked.Should().NotBeEmpty();
        asked.Except(written.Keys).Should().BeEmpty();
    }

    [Test]
    public void Every_instrument_is_on_the_dashboard()
    {
        var instruments = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == HqOAuth2Telemetry.Name)
                    instruments.Add(instrument.Name);
            },
        };
        listener.Start();

        instruments.Should().HaveCount(6);
        foreach (var name in instruments.Select(i => i.Replace('.', '_')))
        {
            written.Keys.Should().Contain(n => n.StartsWith(name, StringComparison.Ordinal), "this test measures it");
            Metric()
                .Matches(Text("dashboard.json"))
                .Select(m => m.Value)
                .Should()
                .Contain(n => n.StartsWith(name, StringComparison.Ordinal));
        }
    }

    [TestCase("dashboard.json")]
    [TestCase("alerts.yaml")]
    public void Every_label_exists_at_a_metric_of_its_expression(string file)
    {
        foreach (var expression in Expressions(file))
        {
            var known = Metric().Matches(expression).SelectMany(m => written[m.Value].Keys).Concat(added).ToHashSet();
            var asked = Grouping()
                .Matches(expression)
                .SelectMany(g => g.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries))
                .Concat(Matcher().Matches(expression).Select(m => m.Groups["name"].Value));
            asked.Except(known).Should().BeEmpty(expression);
        }
    }

    [TestCase("dashboard.json")]
    [TestCase("alerts.yaml")]
    public void Every_value_of_a_label_is_documented(string file)
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "observability.md"));
        string[] codes = ["ok", .. Errors()];
        foreach (Match matcher in Expressions(file).SelectMany(e => Matcher().Matches(e)))
        {
            if (matcher.Groups["name"].Value == "job")
                continue;
            foreach (var value in matcher.Groups["value"].Value.Split('|'))
            {
                if (matcher.Groups["name"].Value == "outcome")
                    codes.Should().Contain(value);
                else
                    page.Should().Contain($"`{value}`");
            }
        }
    }

    [TestCase("alerts.yaml")]
    public void Every_label_in_the_text_of_an_alert_is_one_of_its_expression(string file)
    {
        foreach (var alert in Text(file).Split("- alert:").Skip(1))
        {
            var groups = Grouping().Matches(alert).SelectMany(g => g.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries));
            foreach (Match named in Template().Matches(alert))
                groups.Should().Contain(named.Groups["name"].Value, alert);
        }
    }

    private static IEnumerable<string> Errors() =>
        Code().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "errors.md"))).Select(m => m.Groups["code"].Value);

    private static string Text(string file) => File.ReadAllText(Path.Combine(Repository.Root, "docs", file));

    // A query of a variable is an expression too; one alert has one.
    private static IEnumerable<string> Expressions(string file)
    {
        if (Path.GetExtension(file) == ".yaml")
            return Text(file).Split("- alert:").Skip(1).Select(a => a[..a.IndexOf("labels:", StringComparison.Ordinal)]);
        using var dashboard = JsonDocument.Parse(Text(file));
        return
        [
            .. dashboard
                .RootElement.GetProperty("panels")
                .EnumerateArray()
                .SelectMany(p => p.GetProperty("targets").EnumerateArray())
                .Select(t => t.GetProperty("expr").GetString()!),
        ];
    }

    [GeneratedRegex(@"\bhq_oauth2_[a-z0-9_]+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"^(?<name>hq_oauth2_[a-z0-9_]+)(\{(?<labels>[^}]*)\})? ", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex("""(?<name>[a-z_]+)="(?<value>[^"]*)""")]
    private static partial Regex Label();

    [GeneratedRegex(@"\bby \((?<labels>[^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex("""(?<name>[a-z_]+)(=~|!=|=)"(?<value>[^"]*)"(?=[,}])""")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"\{\{ \$labels\.(?<name>[a-z]+) \}\}")]
    private static partial Regex Template();

    [GeneratedRegex("`(?<code>[a-z_]+)`")]
    private static partial Regex Code();
}
