namespace HQ.OAuth2;

/// <summary>A token request whose client is authenticated.</summary>
public sealed class TokenRequest
{
    internal TokenRequest(Client client, OAuthParameters parameters, DateTimeOffset now) =>
        (Client, Parameters, Now) = (client, parameters, now);

    /// <summary>The client, authenticated by its registered method.</summary>
    public Client Client { get; }

    /// <summary>The parameters of the request.</summary>
    public OAuthParameters Parameters { get; }

    /// <summary>
    /// The thumbprint (RFC 7638) of the key that the request proves to have (RFC 9449): the tokens that <see cref="TokenIssuer"/> issues for it are
    /// bound to that key. Null = it has no proof, and gets bearer tokens.
    /// </summary>
    public string? DpopKey { get; internal init; }

    /// <summary>The time of the request, read once.</summary>
    public DateTimeOffset Now { get; }
}
