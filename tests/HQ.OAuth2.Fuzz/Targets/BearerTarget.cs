namespace HQ.OAuth2.Fuzz;

/// <summary>Access tokens in the Authorization header (RFC 6750 §2.1, RFC 9449 §7.1). An input is the value of the header.</summary>
internal static class BearerTarget
{
    public static bool Bearer(byte[] input)
    {
        var header = Reference.Latin(input);
        var bearer = Check(header, "Bearer", BearerTokens.Read([header]));
        var dpop = Check(header, "DPoP", BearerTokens.ReadDpop([header]));
        Rule.Holds(BearerTokens.Read([header, header]).Error is not null, "Two headers carry no token.");
        Rule.Agrees(
            BearerTokens.IsDpop([header]),
            header.Length >= 4 && header[..4].Equals("DPoP", StringComparison.OrdinalIgnoreCase),
            "Whether a header is of DPoP"
        );
        return bearer || dpop;
    }

    // RFC 6750 §2.1: credentials = "Bearer" 1*SP b64token.
    private static bool Check(string header, string scheme, Outcome<string> outcome)
    {
        var (name, rest) = header.IndexOf(' ') is >= 0 and var space ? (header[..space], header[space..].Trim(' ')) : (header, "");
        var isNamed = name.Equals(scheme, StringComparison.OrdinalIgnoreCase) && rest.Length > 0;
        var isGood = isNamed && Reference.Token68().IsMatch(rest);
        Rule.Agrees(outcome.Error is null, isGood, $"Whether a header has a token of {scheme}");
        if (outcome.Failed(out var error, out var token))
        {
            // RFC 6750 §3.1: a request without credentials gets a challenge without an error code; a malformed one is invalid_request.
            Rule.Agrees(error == OAuthError.TokenMissing, !isNamed, $"Whether a token of {scheme} is missing");
            return false;
        }

        Rule.Agrees(token, rest, "The token of a header");
        return true;
    }
}
