using System.Collections.Frozen;

namespace HQ.OAuth2;

/// <summary>A request to a back-channel endpoint (token, introspection, revocation), independent of HTTP.</summary>
public sealed class OAuthRequest
{
    // Parameters that are allowed in a body but not in a URI, because logs and proxies would keep it (RFC 6749 §2.3.1).
    private static readonly FrozenSet<string> bodyOnly = FrozenSet.ToFrozenSet([
        "client_id",
        "client_secret",
        "client_assertion",
        "grant_type",
        "code",
        "code_verifier",
        "client_assertion_type",
        "device_code",
        "redirect_uri",
        "refresh_token",
        "token",
        "scope",
        "resource",
    ]);

    internal OAuthRequest() { }

    /// <summary>The parameters of the form body.</summary>
    public OAuthParameters Parameters { get; internal init; } = OAuthParameters.Empty;

    /// <summary>The parameters of the request URI, where no parameter of the protocol is allowed.</summary>
    public OAuthParameters Query { get; internal init; } = OAuthParameters.Empty;

    /// <summary>The values of the <c>Authorization</c> header; more than one is an error.</summary>
    public IReadOnlyList<string> Authorization { get; internal init; } = [];

    /// <summary>The values of the <c>DPoP</c> header (RFC 9449 §5); null = there is none.</summary>
    internal IReadOnlyList<string>? Proofs { get; init; }

    /// <summary>
    /// The remote address, for limits; null = not known, and then all such requests share one limit. An IPv6 address counts as its network of 64
    /// bits, which has one owner.
    /// </summary>
    public string? RemoteAddress { get; internal init; }

    /// <summary>The error that does not depend on the endpoint: a repeated parameter or header, or a parameter in the URI.</summary>
    internal OAuthError? Malformed()
    {
        if (Parameters.Repeated is { } repeated)
            return OAuthError.RepeatedParameter(repeated);
        if (Query.Names.FirstOrDefault(bodyOnly.Contains) is { } misplaced)
            return OAuthError.ParameterInUri(misplaced);
        return Authorization.Count > 1 ? OAuthError.RepeatedAuthorizationHeader : null;
    }
}
