using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2;

/// <summary>
/// DPoP (RFC 9449) for an API that verifies access tokens in another way than by our schemes, for instance by Microsoft's JwtBearer. Added by
/// <c>AddHqOAuth2Dpop</c>.
/// </summary>
public sealed class DpopApi
{
    private readonly ApiProofs proofs;
    private readonly DpopApiOptions options;

    internal DpopApi(ApiProofs proofs, IOptions<DpopApiOptions> options) => (this.proofs, this.options) = (proofs, options.Value);

    /// <summary>The challenge of the scheme <c>DPoP</c> for a 401 (§7.1): send it beside the one of <c>Bearer</c>.</summary>
    public static string Challenge => ApiProofs.Challenge;

    /// <summary>The access token of a request by the scheme <c>DPoP</c>, not verified yet; null = there is none.</summary>
    public static string? ReadToken(HttpContext http) =>
        BearerTokens.ReadDpop(OAuthHttp.Authorization(http)).Failed(out _, out var token) ? null : token;

    /// <summary>
    /// Why a verified access token may not be used in this request; null = it may. A token that is bound to a key needs the scheme <c>DPoP</c> and
    /// a proof of that key, which is accepted once; any other token needs the scheme <c>Bearer</c>.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="user">The claims of its token, with <c>cnf</c> as JSON if it has one.</param>
    /// <returns>A sentence for the client's developer, which repeats no part of the proof.</returns>
    public string? Problem(HttpContext http, ClaimsPrincipal user)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(user);
        string? key = null;
        if (user.FindFirst(Confirmation.Claim) is { } confirmation && (key = Key(confirmation.Value)) is null)
            return "The token is bound to something that this API does not check.";
        var token = ReadToken(http);
        if (ApiProofs.WrongScheme(token is not null, key, options.RequireDpop) is { } wrong)
            return wrong.Reason;
        return key is null
            ? null
            : proofs.Problem(http, token!, key, ApiProofs.TargetsBelow(options.PublicUrl!, http), DpopProofs.Algorithms)?.Description;
    }

    private static string? Key(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Confirmation.Read(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>How an API that verifies access tokens by itself accepts those that are bound to a key.</summary>
public sealed class DpopApiOptions
{
    /// <summary>
    /// The public address of the app's root, for instance <c>https://api.example.com</c>: what the proof of a client names (RFC 9449 §4.3) is this
    /// address and the path of the request. Required.
    /// </summary>
    public string? PublicUrl { get; set; }

    /// <summary>Whether bearer tokens are refused. Default false.</summary>
    public bool RequireDpop { get; set; }
}
