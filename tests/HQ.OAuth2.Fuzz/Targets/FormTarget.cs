using System.Text;
using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2.Fuzz;

/// <summary>Form bodies and queries (RFC 6749 §3.1, §3.2, Appendix B).</summary>
internal static class FormTarget
{
    private const string Own = "https://app.example.com/cb?a=%41&b";

    public static bool Form(byte[] input) => Check(input, OAuthParameters.Parse(input));

    /// <summary>A query as a server gives it: the text after the question mark, one character a byte.</summary>
    public static bool Query(byte[] input)
    {
        var text = Reference.Latin(input);
        var http = new DefaultHttpContext();
        http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.QueryString = "?" + text;
        var accepted = Check(Encoding.UTF8.GetBytes(text), OAuthHttp.ReadQuery(http));

        // A value in an answer is read back as it was, and the query of the redirect URI stays (RFC 6749 §3.1.2).
        var uri = FormEncoding.AppendQuery(Own, ("state", text));
        Rule.Holds(uri.StartsWith(Own + "&state=", StringComparison.Ordinal), "The query of a redirect URI stays.");
        Rule.Agrees(Reference.FormValue(uri[(Own.Length + "&state=".Length)..]), text, "A state that was sent back");
        return accepted;
    }

    private static bool Check(byte[] input, Outcome<OAuthParameters> outcome)
    {
        var pairs = Reference.Form(input);
        var isGood = input.Length <= OAuthParameters.MaxBytes && pairs?.Count <= OAuthParameters.MaxPairs;
        Rule.Agrees(outcome.Error is null, isGood, "Whether a form is read");
        if (outcome.Failed(out var error, out var read))
        {
            Rule.Holds(error.Code == "invalid_request", "A malformed form is invalid_request (RFC 6749 §4.1.2.1, §5.2).");
            return false;
        }

        Rule.ListsAgree(read.Names, pairs!.Select(p => p.Key), "The names of a form");
        foreach (var name in pairs!.Select(p => p.Key).Distinct().Take(10))
        {
            var values = pairs!.Where(p => p.Key == name).Select(p => p.Value).ToList();
            Rule.Agrees(read[name], values.Find(v => v.Length > 0), "The first value of a parameter, where empty is absent");
            Rule.ListsAgree(read.All(name), values.Where(v => v.Length > 0), "All values of a parameter");
            Rule.Agrees(read.IsRepeated(name), values.Count > 1, "Whether a parameter is repeated");
        }

        // Each parameter may stand once (§3.1), but for resource and audience (RFC 8707 §2, RFC 8693 §2.1).
        var isRepeated = pairs!.GroupBy(p => p.Key).Any(g => g.Count() > 1 && g.Key is not ("resource" or "audience"));
        Rule.Agrees(read.Repeated is not null, isRepeated, "Whether a parameter is repeated that may not");

        // Written and read again it is the same.
        var written = read.ToQuery();
        Rule.Agrees(read.QueryLength, written.Length, "The length of a query");
        var again = Reference.Form(Encoding.ASCII.GetBytes(written));
        Rule.ListsAgree(again!, pairs!.Where(p => p.Key.Length + p.Value.Length > 0 || written.Length > 0), "A form that was written");
        return pairs!.Count > 0;
    }
}
