using System.Buffers.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace HQ.OAuth2.Model.Tests;

/// <summary>Reads an answer into what the model speaks of.</summary>
internal static partial class Reader
{
    public static Seen Read(HttpResponseMessage response, Request request, string run)
    {
        var text = new StreamReader(response.Content.ReadAsStream()).ReadToEnd();
        var status = (int)response.StatusCode;
        // A browser does not tell them apart here.
        var seen = new Seen(status == 303 ? 302 : status) { Text = text };
        var isProblem = response.Content.Headers.ContentType?.MediaType == "application/problem+json";
        if (
            seen.Status == 302
            && response.Headers.Location is { } location
            && response.Headers.NonValidated.TryGetValues("Location", out var sent)
        )
        {
            var query = System.Web.HttpUtility.ParseQueryString(location.IsAbsoluteUri ? location.Query : "");
            return seen with { Error = query["error"], Values = Taken(request, name => query[name]), Text = sent.ToString() };
        }

        if (response.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var challenge) && request.Bearer is not null)
            return seen with { Error = Between(challenge.ToString(), "error=\"", "\"") };
        if (isProblem)
            return seen with { Error = "problem" };
        if (!text.StartsWith('{'))
            return seen;

        using var json = JsonDocument.Parse(text);
        var root = json.RootElement;
        var subject = Text(root, "sub");
        // What a token says is in itself; of one that is asked about, it is in the answer.
        using var claims = Text(root, "access_token") is { } jwt ? Part(jwt, 1) : null;
        return seen with
        {
            Error = Text(root, "error"),
            Active = root.TryGetProperty("active", out var active) ? active.GetBoolean() : null,
            Scope =
                root.TryGetProperty("scope", out var scope) && scope.ValueKind == JsonValueKind.String
                    ? Names.Scope(scope.GetString()!)
                    : null,
            Audience = AudienceOf(claims?.RootElement ?? root),
            Subject =
                subject is null ? null
                : subject == Text(root, "client_id") ? "client"
                : subject.StartsWith(run, StringComparison.Ordinal) ? subject[run.Length..]
                : "somebody else: " + subject,
            Organization = Text(claims?.RootElement ?? root, "org_id"),
            ExpiresIn = root.TryGetProperty("expires_in", out var seconds) ? seconds.GetInt64() : null,
            Refresh = Text(root, "refresh_token"),
            Values = Taken(request, name => Text(root, name)),
        };
    }

    /// <summary>The id of the key that signed a token.</summary>
    public static string KeyOf(string jwt)
    {
        using var header = Part(jwt, 0);
        return header.RootElement.GetProperty("kid").GetString()!;
    }

    /// <summary>The organizations that a page names.</summary>
    public static Orgs Offered(string page) =>
        Choices().Matches(page).Aggregate(Orgs.None, (all, one) => all | Enum.Parse<Orgs>(one.Groups[1].Value, ignoreCase: true));

    private static JsonDocument Part(string jwt, int index) => JsonDocument.Parse(Base64Url.DecodeFromChars(jwt.Split('.')[index]));

    private static Resources AudienceOf(JsonElement json) =>
        !json.TryGetProperty("aud", out var audience) ? Resources.None
        : audience.ValueKind == JsonValueKind.String ? Names.Resource(audience.GetString()!)
        : audience.EnumerateArray().Aggregate(Resources.None, (all, one) => all | Names.Resource(one.GetString()!));

    private static Dictionary<string, string> Taken(Request request, Func<string, string?> find) =>
        request.Takes.Where(t => find(t.Member) is not null).ToDictionary(t => t.Name, t => find(t.Member)!);

    private static string? Text(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Between(string text, string before, string after) =>
        text.Split(before) is [_, var rest, ..] ? rest.Split(after)[0] : null;

    [GeneratedRegex("name=\"organization\" value=\"([a-z]+)\"")]
    private static partial Regex Choices();
}
