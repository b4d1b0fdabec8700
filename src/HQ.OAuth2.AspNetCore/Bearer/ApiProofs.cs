using Microsoft.AspNetCore.Http;

namespace HQ.OAuth2;

/// <summary>
/// Whether a request to an API may use its access token (RFC 9449 §7): a token that is bound to a key comes by the scheme <c>DPoP</c> and with a
/// proof of that key, any other token by the scheme <c>Bearer</c>. Every API scheme asks this one class.
/// </summary>
internal sealed class ApiProofs(TimeProvider time)
{
    private readonly DpopProofs proofs = new();

    /// <summary>The challenge for a request that did not use the scheme (§7.1).</summary>
    public static string Challenge { get; } = $"DPoP {Named(DpopProofs.Algorithms)}";

    /// <summary>The parameter of a challenge that names the algorithms (§7.1).</summary>
    public static string Named(IEnumerable<string> algorithms) => $"algs=\"{string.Join(' ', algorithms)}\"";

    /// <summary>The number of signatures that were verified for APIs.</summary>
    public long Verifications => proofs.Verifications;

    /// <summary>The error of a verified token that came by the wrong scheme; null = by the right one.</summary>
    /// <param name="isDpop">Whether it came by the scheme <c>DPoP</c>.</param>
    /// <param name="key">The thumbprint of the key that it is bound to; null = none.</param>
    /// <param name="isRequired">Whether bearer tokens are refused.</param>
    public static OAuthError? WrongScheme(bool isDpop, string? key, bool isRequired) =>
        (key, isDpop) switch
        {
            // §7.1: a bearer token is no token of the scheme DPoP.
            (null, true) => OAuthError.InvalidToken.Because("the token is bound to no key: send it by the scheme Bearer"),
            (null, false) when isRequired => OAuthError.InvalidToken.Because("this API needs a token that is bound to a key (DPoP)"),
            // §7.2: a token that is bound to a key is no bearer token.
            (not null, false) => OAuthError.InvalidToken.Because("the token is bound to a key: send it by the scheme DPoP, with a proof"),
            _ => null,
        };

    /// <summary>The error of the proof with which a verified token came; null = it is right.</summary>
    /// <param name="http">The request.</param>
    /// <param name="token">The token, as it was sent.</param>
    /// <param name="key">The thumbprint of the key that it is bound to.</param>
    /// <param name="targets">The addresses that the request may have had for its sender.</param>
    /// <param name="algorithms">The algorithms by which it may be signed.</param>
    public OAuthError? Problem(
        HttpContext http,
        string token,
        string key,
        IReadOnlyList<string> targets,
        IReadOnlyList<string> algorithms
    ) =>
        proofs
            .Check(
                OAuthHttp.Proofs(http) ?? [],
                new()
                {
                    Method = http.Request.Method,
                    Targets = targets,
                    Algorithms = algorithms,
                    Now = time.GetUtcNow(),
                    AccessToken = token,
                    Thumbprint = key,
                    Refuse = OAuthError.InvalidProofAtApi,
                }
            )
            .Error;

    /// <summary>The addresses of a request below the public address of the app.</summary>
    public static IReadOnlyList<string> TargetsBelow(string publicUrl, HttpContext http) =>
        ProofTarget.Below(publicUrl, http.Request.Path.Value ?? "") is { } target ? [target] : [];

    /// <summary>The addresses of a request at the hosts of these identifiers; at its own host when none of them is a web address.</summary>
    public static IReadOnlyList<string> TargetsAt(IEnumerable<string> identifiers, HttpContext http)
    {
        var request = http.Request;
        var path = request.PathBase.Add(request.Path).Value ?? "";
        string[] known = [.. identifiers.Select(i => ProofTarget.At(i, path)).OfType<string>().Distinct(StringComparer.Ordinal)];
        return known.Length > 0 ? known
            : ProofTarget.At($"{request.Scheme}://{request.Host.ToUriComponent()}", path) is { } seen ? [seen]
            : [];
    }
}
