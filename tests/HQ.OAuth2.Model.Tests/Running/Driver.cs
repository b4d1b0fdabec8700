using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace HQ.OAuth2.Model.Tests;

/// <summary>Gives commands to the nodes of a world, for users and clients of its own, and reads the answers.</summary>
internal sealed partial class Driver(World world)
{
    private static int runs;

    private readonly string run = "run" + Interlocked.Increment(ref runs);
    private readonly ConcurrentDictionary<string, string> values = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, (string Newest, string First)> secrets = [];
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, string>> cookies = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> antiforgery = new(StringComparer.Ordinal);

    /// <summary>The time of all nodes, in seconds.</summary>
    public long Now => world.Clock.Now.ToUnixTimeSeconds();

    /// <summary>What was got so far, by names: <c>CODE3</c>.</summary>
    public IReadOnlyDictionary<string, string> Values => values;

    /// <summary>The request of a command, as it is now; null = the command is none.</summary>
    public Request? RequestOf(Command command) => Requests.Of(command, secrets, world.Clock.Now);

    public async Task<Seen> DoAsync(Command command)
    {
        switch (command)
        {
            case Command.Wait c:
                world.Clock.Advance(TimeSpan.FromSeconds(c.Seconds));
                await world.PassMinuteAsync();
                return new(200);
            case Command.Prune c:
                await world.PruneAsync(c.Node);
                return new(200);
            case Command.Join c:
                world.Members.Set(UserName(c.User), c.Organization, c.IsMember);
                return new(200);
        }

        var request = RequestOf(command)!;
        var (response, page) = await SendAsync(request, world.Nodes[command.Node]);
        var seen = Reader.Read(response, request, run + "-") with { Asked = page is not null, Offered = Reader.Offered(page ?? "") };
        response.Dispose();
        return command switch
        {
            Command.AnswerDevice when page is null => seen with { Status = 0 },
            Command.Keys c => seen with
            {
                Active = seen.Text.Contains($"\"{Reader.KeyOf(values["ACCESS" + c.Token])}\"", StringComparison.Ordinal),
            },
            _ => seen,
        };
    }

    /// <summary>Keeps what an answer gave, for the commands that follow.</summary>
    public void Keep(Command command, Seen seen)
    {
        foreach (var (name, value) in seen.Values)
            values[name] = value;
        switch (command)
        {
            case Command.NewClient { Kind: ClientKind.Confidential } c:
                secrets[c.Id] = ("SECRET" + c.Id, "SECRET" + c.Id);
                break;
            case Command.NewSecret c when seen.Status == 200:
                secrets[c.Client] = ("SECRET" + c.Id, secrets[c.Client].First);
                break;
            // The id of a grant is in its code, so that no list has to be read.
            case Command.Login when seen.Values.TryGetValue("CODE" + command.Id, out var code):
                values["GRANT" + command.Id] = IdIn(code);
                break;
            case Command.AskDevice when seen.Values.TryGetValue("DEVICE" + command.Id, out var code):
                values["GRANT" + command.Id] = IdIn(code);
                break;
            case Command.NewPersonal when seen.Values.TryGetValue("ACCESS" + command.Id, out var token):
                values["GRANT" + command.Id] = IdIn(token);
                break;
        }
    }

    private static string IdIn(string token) => token[4..36];

    private string UserName(int user) => $"{run}-user{user}";

    private string Fill(string text) =>
        text.Contains('$', StringComparison.Ordinal)
            ? Names()
                .Replace(
                    text,
                    m =>
                        m.Groups[1].Value is var name
                        && name.StartsWith("USER", StringComparison.Ordinal)
                        && !name.StartsWith("USERCODE", StringComparison.Ordinal)
                            ? $"{run}-user{name[4..]}"
                            : values[name]
                )
            : text;

    // The answer, and the page that asked before; null = none did.
    private async Task<(HttpResponseMessage Answer, string? Page)> SendAsync(Request request, HttpClient node)
    {
        IEnumerable<(string, string)> form = request.Form;
        string? html = null;
        if (request.Page is { } page)
        {
            var shown = await SendAsync(node, new(HttpMethod.Get, Fill(page)), request.Browser);
            html = await shown.Content.ReadAsStringAsync();
            if (!html.Contains("name=\"decision\"", StringComparison.Ordinal))
                return (shown, null);
            shown.Dispose();
            if (request.Meanwhile != Orgs.None)
                world.Members.Change(Fill("$" + request.Browser), request.Meanwhile);
            // What the user posts stands in place of the field that the page has.
            var own = request.Form.Select(f => f.Name).ToList();
            form = form.Concat(
                Hidden()
                    .Matches(html)
                    .Select(m => (m.Groups[1].Value, System.Net.WebUtility.HtmlDecode(m.Groups[2].Value)))
                    .Where(f => !own.Contains(f.Value))
            );
        }

        var message = new HttpRequestMessage(new(request.Method), Fill(request.Path));
        if (request.Json is { } json)
            message.Content = new StringContent(Fill(json), Encoding.UTF8, "application/json");
        else if (form.Any())
            message.Content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Item1, Fill(f.Item2))));
        if (request.Basic is var (id, secret))
            message.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Fill(id)}:{Fill(secret)}")));
        if (request.Bearer is { } bearer)
            message.Headers.Authorization = new("Bearer", Fill(bearer));
        if (request.NeedsToken)
            message.Headers.Add("RequestVerificationToken", await TokenAsync(node, request.Browser!));
        return (await SendAsync(node, message, request.Browser), html);
    }

    private async Task<string> TokenAsync(HttpClient node, string browser)
    {
        if (antiforgery.TryGetValue(browser, out var known))
            return known;
        using var list = await SendAsync(node, new(HttpMethod.Get, "/api/v0/users/me/oauth2/authorizations?limit=1"), browser);
        return antiforgery[browser] = list.Headers.GetValues("RequestVerificationToken").Single();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpClient node, HttpRequestMessage message, string? browser)
    {
        using (message)
        {
            if (browser is null)
                return await node.SendAsync(message);
            var jar = cookies.GetOrAdd(
                browser,
                name =>
                    new(StringComparer.Ordinal)
                    {
                        ["user"] =
                            name == "admin" ? name : UserName(int.Parse(name[4..], System.Globalization.CultureInfo.InvariantCulture)),
                    }
            );
            message.Headers.Add("Cookie", string.Join("; ", jar.Select(c => $"{c.Key}={c.Value}")));
            var answer = await node.SendAsync(message);
            if (answer.Headers.TryGetValues("Set-Cookie", out var set))
            {
                foreach (var cookie in set.Select(c => c.Split(';')[0].Split('=', 2)))
                    jar[cookie[0]] = cookie[1];
            }

            return answer;
        }
    }

    [GeneratedRegex("\\$([A-Z]+[0-9]+)")]
    private static partial Regex Names();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">")]
    private static partial Regex Hidden();
}
