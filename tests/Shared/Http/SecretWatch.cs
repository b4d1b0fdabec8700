using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using System.Web;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>
/// Watches a whole run of the HTTP tests: learns each secret that goes over the wire of a <see cref="TestApp"/>, and looks at each text that is
/// logged, thrown, traced or measured. Order does not matter: both sides are kept until somebody asks. Not learnt: texts of less than 20 characters
/// (user codes), secrets of other characters than base64 has, and what only a page shows.
/// </summary>
internal static class SecretWatch
{
    // Shorter texts are names and words.
    private const int Shortest = 20;

    private static readonly string[] sent = ["code", "code_verifier", "client_secret", "refresh_token", "client_assertion", "device_code"];
    private static readonly string[] given =
    [
        "access_token",
        "refresh_token",
        "client_secret",
        "registration_access_token",
        "device_code",
        "token",
    ];

    // What is a secret, and who said so; what was seen, and where.
    private static readonly ConcurrentDictionary<string, string> secrets = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, string> seen = new(StringComparer.Ordinal);

    // The framework logs the address of each request, and what a caller puts into one is not the server's to keep out.
    private static readonly ConcurrentDictionary<string, bool> addresses = new(StringComparer.Ordinal);

    private static readonly bool isOfWholeRun = Environment.GetEnvironmentVariable("HQ_WATCH_SECRETS") == "1";

    // Listens as long as the process lives.
    private static readonly MeterListener meters = new()
    {
        InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument),
    };

    private static volatile bool isOn;
    private static bool isListening;

    /// <summary>Whether it watches: with HQ_WATCH_SECRETS=1, or since a test began it. It costs what the tests of allocations would see.</summary>
    public static bool IsOn
    {
        get
        {
            if (isOfWholeRun && !isOn)
                Begin();
            return isOn;
        }
    }

    public static void Begin()
    {
        isOn = true;
        lock (meters)
        {
            if (isListening)
                return;
            isListening = true;
        }

        AppDomain.CurrentDomain.FirstChanceException += (_, thrown) => SawThrown(thrown.Exception);
        ActivitySource.AddActivityListener(
            new()
            {
                ShouldListenTo = _ => true,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
                    isOn ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
                ActivityStopped = SawTraced,
            }
        );
        meters.SetMeasurementEventCallback<long>((i, _, tags, _) => SawMeasured(i, tags));
        meters.SetMeasurementEventCallback<int>((i, _, tags, _) => SawMeasured(i, tags));
        meters.SetMeasurementEventCallback<double>((i, _, tags, _) => SawMeasured(i, tags));
        meters.Start();
    }

    /// <summary>A test that began it ends it; a whole run is watched to its end.</summary>
    public static void End() => isOn = isOfWholeRun;

    /// <summary>How many secrets were learnt, and how many different texts were looked at.</summary>
    public static (int Secrets, int Texts) Counts => (secrets.Count, seen.Count);

    /// <summary>Where a secret was seen that somebody sent or got; the secret itself is not repeated.</summary>
    public static IEnumerable<string> Found() =>
        secrets
            .Where(s => seen.ContainsKey(s.Key) && !addresses.ContainsKey(s.Key))
            .Select(s => $"{s.Value} in {seen[s.Key]}")
            .Distinct()
            .Order(StringComparer.Ordinal);

    /// <summary>A handler in front of a server that learns what passes.</summary>
    public static HttpMessageHandler Behind(HttpMessageHandler server) => IsOn ? new Wire(server) : server;

    public static void Learn(string what, string? secret)
    {
        if (secret is null)
            return;
        // The header and the claims of a JWT are no secret; its signature is what makes it work.
        var parts = secret.Split('.');
        var text =
            parts is [{ } head, _, { Length: >= Shortest } signature] && head.StartsWith("eyJ", StringComparison.Ordinal)
                ? signature
                : secret;
        // Tests fill a field with one character to see its bounds: such a text stands for many things.
        if (text.Length >= Shortest && text.All(IsOfWord) && text.Distinct().Count() >= Shortest / 4)
            secrets.TryAdd(text, what);
    }

    public static void Forget(string secret) => secrets.TryRemove(secret, out _);

    public static void Saw(string where, string text)
    {
        foreach (var word in WordsAndParts(text))
            seen.TryAdd(word, where);
    }

    public static void SawLogged(string category, string line)
    {
        // Routing logs nothing but addresses.
        if (!IsOn || category.StartsWith("Microsoft.AspNetCore.Routing", StringComparison.Ordinal))
            return;
        var end = category.StartsWith("Microsoft.AspNetCore.Hosting", StringComparison.Ordinal)
            ? line.IndexOf("://", StringComparison.Ordinal)
            : -1;
        Saw("the log of " + category, end < 0 ? line : line[..end]);
    }

    private static void SawThrown(Exception exception)
    {
        if (!isOn)
            return;
        var from = exception.TargetSite?.Module.Assembly.GetName().Name ?? "";
        if (!from.EndsWith(".Tests", StringComparison.Ordinal) && from is not ("FluentAssertions" or "nunit.framework"))
            Saw($"a {exception.GetType().Name} of {from}", exception.Message);
    }

    private static void SawTraced(Activity activity)
    {
        foreach (var (name, value) in activity.TagObjects.Where(t => t.Key is not ("url.query" or "url.full")))
            Saw($"the trace {activity.Source.Name} {activity.OperationName} {name}", value?.ToString() ?? "");
        foreach (var tag in activity.Events.SelectMany(e => e.Tags))
            Saw($"an event of the trace {activity.Source.Name}", tag.Value?.ToString() ?? "");
        Saw($"the trace {activity.Source.Name}", activity.DisplayName + " " + activity.StatusDescription);
    }

    private static void SawMeasured(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, value) in tags)
        {
            if (isOn && value is string text)
                Saw($"the metric {instrument.Name} {name}", text);
        }
    }

    private static IEnumerable<string> WordsAndParts(string text) =>
        Words(text).SelectMany(word => word.Split('.', '/', '+').Where(part => part.Length >= Shortest).Prepend(word));

    private static IEnumerable<string> Words(string text)
    {
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && IsOfWord(text[i]))
                continue;
            if (i - start >= Shortest)
                yield return text[start..i];
            start = i + 1;
        }
    }

    private static bool IsOfWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~' or '+' or '/';

    private sealed class Wire(HttpMessageHandler server) : DelegatingHandler(server)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
        {
            foreach (var word in WordsAndParts(Uri.UnescapeDataString(request.RequestUri!.OriginalString)))
                addresses.TryAdd(word, true);
            if (request.Content?.Headers.ContentType?.MediaType == BackChannel.Form)
                LearnForm(Encoding.Latin1.GetString(await request.Content.ReadAsByteArrayAsync(ct)));
            foreach (var header in request.Headers.NonValidated.Where(h => h.Key is "Authorization" or "DPoP").SelectMany(h => h.Value))
                LearnHeader(header);
            var response = await base.SendAsync(request, ct);
            // The parsed header would change: tests compare its letters.
            if (response.Headers.NonValidated.TryGetValues("Location", out var values) && values.ToString().Split('?', 2) is [_, var query])
                Learn("a code that was given", HttpUtility.ParseQueryString(query)["code"]);
            if (response.Content.Headers.ContentType?.MediaType == "application/json")
                await LearnJsonAsync(response, ct);
            return response;
        }

        private static void LearnForm(string form)
        {
            var pairs = HttpUtility.ParseQueryString(form);
            foreach (var name in sent)
                pairs.GetValues(name)?.ToList().ForEach(value => Learn(name + " that was sent", value));
        }

        private static void LearnHeader(string header)
        {
            if (!header.StartsWith("Basic ", StringComparison.Ordinal))
            {
                Learn("a header", header[(header.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
                return;
            }

            Learn("a Basic header", header[6..].TrimEnd('='));
            Span<byte> bytes = new byte[header.Length];
            if (Convert.TryFromBase64String(header[6..], bytes, out var length))
                Learn("a secret in Basic", Uri.UnescapeDataString(Encoding.UTF8.GetString(bytes[..length]).Split(':', 2)[^1]));
        }

        private static async Task LearnJsonAsync(HttpResponseMessage response, CancellationToken ct)
        {
            await response.Content.LoadIntoBufferAsync(ct);
            try
            {
                using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(ct));
                if (json.RootElement.ValueKind != JsonValueKind.Object)
                    return;
                foreach (var name in given)
                {
                    if (json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
                        Learn(name + " that was given", value.GetString());
                }
            }
            catch (JsonException)
            {
                // A test of broken answers.
            }
        }
    }
}
