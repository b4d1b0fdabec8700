using System.Text;
using System.Text.RegularExpressions;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The requests that docs/errors shows cause the errors that it shows them for.</summary>
internal sealed partial class ErrorPageRequestTests
{
    [Test]
    public async Task Each_request_of_a_page_causes_its_error()
    {
        await using var app = await TestApp.StartAsync(o => o.ExplainErrors = true);
        var shown = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "docs", "errors"))
            .Select(f => (Id: Path.GetFileNameWithoutExtension(f), Message: Block().Match(File.ReadAllText(f))))
            .Where(p => p.Message.Success)
            .ToList();

        shown.Should().HaveCountGreaterThan(30);
        foreach (var (id, message) in shown)
        {
            using var request = Read(message.Groups["message"].Value);
            var answer = await app.SendAsync(request);
            var said = $"{answer.Status} {answer.Location} {answer.Header("WWW-Authenticate")} {answer.Body}";
            said.Should().Contain(id, "docs/errors/{0}.md says so", id);
        }
    }

    /// <summary>A message as RFC 9112 writes it; a line that begins with a space or an ampersand goes on with the one before.</summary>
    private static HttpRequestMessage Read(string message)
    {
        var parts = Continuation().Replace(message, "").Split("\n\n", 2);
        var lines = parts[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var start = lines[0].Split(' ');
        start.Should().HaveCount(3).And.EndWith("HTTP/1.1");
        var request = new HttpRequestMessage(new(start[0]), new Uri(new(TestApp.Issuer), start[1]));
        if (parts.Length == 2)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(parts[1].TrimEnd('\n')));
        foreach (var header in lines.Skip(1).Select(l => l.Split(": ", 2)))
            ((System.Net.Http.Headers.HttpHeaders?)(header[0] == "Content-Type" ? request.Content?.Headers : request.Headers))!
                .TryAddWithoutValidation(header[0], header[1])
                .Should()
                .BeTrue();
        return request;
    }

    [GeneratedRegex("```http\n(?<message>[^`]+)```")]
    private static partial Regex Block();

    [GeneratedRegex("\n *(?=&)")]
    private static partial Regex Continuation();
}
