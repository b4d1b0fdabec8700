using System.Text;

namespace HQ.OAuth2.Model.Tests;

/// <summary>Commands as a script of <c>curl</c> lines, for a person with a host at hand.</summary>
internal static class Script
{
    private const string Head = """
        # A host with the settings of tests/HQ.OAuth2.Model.Tests/Hosts/World.cs; with one node, NODE1 is NODE0.
        NODE0=${NODE0:-http://localhost:5080} NODE1=${NODE1:-$NODE0}
        # USER0.jar, USER1.jar and admin.jar are cookie jars of people who have signed in, these are the subjects:
        USER0=user0 USER1=user1
        json() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
        param() { sed -n "s/^[Ll]ocation:.*[?&]$1=\([^&]*\).*/\1/p" | tr -d '\r'; }
        fields() { grep -o '<input type="hidden" name="[^"]*" value="[^"]*">' page.html | grep -v " name=\"$1\"" | sed 's/.* name="\([^"]*\)" value="\(.*\)">/--data-urlencode\n\1=\2/'; }
        seal() { curl -s -o /dev/null -D - -b "$2.jar" -c "$2.jar" "$1/api/v0/users/me/oauth2/authorizations" | sed -n 's/^RequestVerificationToken: //Ip' | tr -d '\r'; }
        """;

    /// <param name="failure">What failed.</param>
    /// <param name="now">The time of the host.</param>
    public static string Of(Failure failure, DateTimeOffset now)
    {
        var (text, secrets) = (new StringBuilder(Head), new Dictionary<int, (string, string)>());
        text.AppendLine().AppendLine();
        foreach (var command in failure.Commands)
        {
            text.AppendLine(
                command switch
                {
                    Command.Wait c => $"sleep {c.Seconds}    # or set the clock of the host",
                    Command.Prune => "# The hourly pruning runs here.",
                    Command.Join c => $"# USER{c.User} {(c.IsMember ? "joins" : "leaves")} the organization {Names.Text(c.Organization)}.",
                    _ => Lines(command, Requests.Of(command, secrets, now)!),
                }
            );
            switch (command)
            {
                case Command.Wait c:
                    now = now.AddSeconds(c.Seconds);
                    break;
                case Command.NewClient { Kind: ClientKind.Confidential } c:
                    secrets[c.Id] = ("SECRET" + c.Id, "SECRET" + c.Id);
                    break;
                case Command.NewSecret c when secrets.TryGetValue(c.Client, out var known):
                    secrets[c.Client] = ("SECRET" + c.Id, known.Item2);
                    break;
            }
        }

        return text.AppendLine($"# {failure.Difference}").AppendLine($"# {failure.Answer.Split('\n')[0]}").ToString();
    }

    private static string Lines(Command command, Request request)
    {
        var node = "$NODE" + command.Node;
        var jar = request.Browser is { } browser ? $" -b {browser}.jar -c {browser}.jar" : "";
        var line = new StringBuilder();
        if (request.Page is { } page)
            line.AppendLine($"curl -s -o page.html -D head.txt{jar} \"{node}{page}\"");
        if (request.Meanwhile != Orgs.None)
            line.AppendLine(
                $"# If the page asks: {request.Browser} joins the organization {Names.Text(request.Meanwhile)} now, or leaves it."
            );
        var takes = request.Takes.Count > 0;
        line.Append(takes ? "answer=$(curl -s -i" : "curl -s -i").Append(jar);
        if (request.Method != "GET" && !(request.Method == "POST" && (request.Form.Count > 0 || request.Json is not null)))
            line.Append($" -X {request.Method}");
        if (request.NeedsToken)
            line.Append($" -H \"RequestVerificationToken: $(seal {node} {request.Browser})\"");
        if (request.Basic is var (id, secret))
            line.Append($" -u \"{id}:{secret}\"");
        if (request.Bearer is { } bearer)
            line.Append($" -H \"Authorization: Bearer {bearer}\"");
        if (request.Json is { } json)
            line.Append($" -H 'Content-Type: application/json' -d '{json}'");
        if (request.Page is not null)
            // A choice of the user stands in place of the field that the page has.
            line.Append(request.Form.Any(f => f.Name == "organization") ? " $(fields organization)" : " $(fields)");
        foreach (var (name, value) in request.Form)
            line.Append($" --data-urlencode \"{name}={value}\"");
        line.Append($" \"{node}{request.Path}\"").Append(takes ? "); echo \"$answer\"" : "");
        // A remembered consent answers with the page's own request.
        foreach (var (name, member) in request.Takes)
            line.AppendLine()
                .Append(
                    request.Path == "/oauth2/authorize"
                        ? $"{name}=$(cat head.txt - <<<\"$answer\" | param {member})"
                        : $"{name}=$(json {member} <<<\"$answer\")"
                );
        foreach (var take in request.Takes.Where(t => t.Member is "code" or "device_code" || (t.Member == "token" && request.NeedsToken)))
            line.AppendLine().Append($"GRANT{command.Id}=${{{take.Name}:4:32}}");
        return line.ToString();
    }
}
