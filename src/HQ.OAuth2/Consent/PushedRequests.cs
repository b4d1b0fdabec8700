using System.Buffers.Text;
using System.Text;

namespace HQ.OAuth2;

/// <summary>A pushed request on its way through sign-in and consent (RFC 9126).</summary>
/// <param name="Id">Names its tickets.</param>
/// <param name="EndsAt">When it ends, however often its pages were opened: a form counts as long.</param>
internal sealed record PushedRequest(string Id, DateTimeOffset EndsAt);

/// <summary>
/// Authorization requests that clients sent directly (RFC 9126). A ticket keeps each for a minute under the hash of its reference; it is read and
/// not removed, so that a browser may load the address again. A second ticket notes the one authorization that it gave.
/// </summary>
internal sealed class PushedRequests(ITicketStore tickets, TimeProvider time)
{
    /// <summary>The parameter that refers to a pushed request.</summary>
    public const string Parameter = "request_uri";

    /// <summary>The parameter that names the key to which the code will be bound (RFC 9449 §10).</summary>
    public const string KeyParameter = "dpop_jkt";

    /// <summary>How long a reference may be used (§2.2).</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    /// <summary>The greatest length of a request as form-encoded text: on its way through sign-in it is a part of an address.</summary>
    public const int MaxLength = 4000;

    private const string Prefix = "urn:ietf:params:oauth:request_uri:";

    // The parameters of an authorization request. Those by which a client authenticates are not among them: they must not be stored.
    private static readonly string[] kept =
    [
        "response_type",
        "response_mode",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
        KeyParameter,
        "resource",
        "prompt",
        "max_age",
        AcrValues.Parameter,
    ];

    /// <summary>The part of a push that is the authorization request.</summary>
    /// <param name="pushed">The parameters of the push.</param>
    /// <param name="key">The thumbprint of the key to which the code will be bound; null = none.</param>
    public static OAuthParameters Kept(OAuthParameters pushed, string? key) =>
        OAuthParameters.Of([
            .. kept.Where(name => name != KeyParameter).SelectMany(name => pushed.All(name).Select(value => (name, value))),
            .. key is null ? Array.Empty<(string, string)>() : [(KeyParameter, key)],
        ]);

    /// <summary>Keeps a request that passed every check.</summary>
    /// <returns>The reference (§2.2).</returns>
    public async ValueTask<string> AddAsync(OAuthParameters request, CancellationToken ct)
    {
        var secret = Base64Url.EncodeToString(IssuedText.NewSecret());
        if (!await tickets.TryAddAsync(Key(IdOf(secret)), request.ToQuery(), time.GetUtcNow() + Lifetime, ct))
            throw new InvalidOperationException($"{tickets.GetType()} refused a new ticket: does TryAddAsync look at the key?");
        return Prefix + secret;
    }

    /// <summary>The request that an authorization request refers to (§4).</summary>
    /// <param name="sent">The parameters of the address: <c>client_id</c> and <c>request_uri</c> count, others are ignored.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The request; <see cref="OAuthError.RequestUriInvalid"/> for every reference that may not be used: nobody is told why.</returns>
    public async ValueTask<Outcome<(OAuthParameters Parameters, PushedRequest Pushed)>> FindAsync(
        OAuthParameters sent,
        CancellationToken ct
    )
    {
        foreach (var name in new[] { "client_id", Parameter })
        {
            if (sent.IsRepeated(name))
                return OAuthError.RepeatedParameter(name);
        }

        if (sent["client_id"] is not { } clientId)
            return OAuthError.MissingParameter("client_id");
        if (!sent[Parameter]!.StartsWith(Prefix, StringComparison.Ordinal))
            return OAuthError.RequestUriInvalid.Because("the request_uri is not one of this server");
        var id = IdOf(sent[Parameter]![Prefix.Length..]);
        if (
            await tickets.FindAsync(Key(id), ct) is not { } stored
            || OAuthParameters.Parse(Encoding.UTF8.GetBytes(stored)).Failed(out _, out var parameters)
        )
            return OAuthError.RequestUriInvalid.Because("there is no such request (any more)");

        // §2.2: it is bound to the client that pushed it.
        if (parameters["client_id"] != clientId)
            return OAuthError.RequestUriInvalid.Because("another client pushed it");
        // §4: it is used once.
        if (await tickets.FindAsync(UsedKey(id), ct) is not null)
            return OAuthError.RequestUriInvalid.Because("it gave a code before");
        return (parameters, new PushedRequest(id, time.GetUtcNow() + FormAnswers.FormLife));
    }

    /// <summary>
    /// Makes an authorization the one that a pushed request gives (§4, §7.3). The same authorization may claim it again: its form may be posted
    /// twice, or the answer of a store may be lost.
    /// </summary>
    /// <returns>Null when it is the one; <see cref="OAuthError.RequestUriInvalid"/> when another one came first.</returns>
    public static async ValueTask<OAuthError?> ClaimAsync(ITicketStore tickets, PushedRequest pushed, string authorizationId)
    {
        // Another visit of the same request may have begun up to a lifetime later.
        var until = pushed.EndsAt + Lifetime;
        return
            await tickets.TryAddAsync(UsedKey(pushed.Id), authorizationId, until, CancellationToken.None)
            || await tickets.FindAsync(UsedKey(pushed.Id), CancellationToken.None) == authorizationId
            ? null
            : OAuthError.RequestUriInvalid.Because("it gave a code before");
    }

    private static string IdOf(string secret) => Convert.ToHexStringLower(IssuedText.Hash(Encoding.UTF8.GetBytes(secret)));

    private static string Key(string id) => "pushed:" + id;

    private static string UsedKey(string id) => "pushed-used:" + id;
}
