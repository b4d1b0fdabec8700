namespace HQ.OAuth2;

/// <summary>A client that was just registered.</summary>
public sealed class RegisteredClient
{
    internal RegisteredClient(Client client, string? secret) => (Client, Secret) = (client, secret);

    /// <summary>As it is stored.</summary>
    public Client Client { get; }

    /// <summary>Its secret in clear, this once; null when its method uses none.</summary>
    public string? Secret { get; }

    /// <summary>The token with which it manages its registration (RFC 7592 §3), in clear, this once; null when it may not.</summary>
    public string? RegistrationAccessToken { get; internal init; }

    /// <summary>What was left out of what the client sent, for the log.</summary>
    internal IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>The same answer with another state of the client.</summary>
    internal RegisteredClient With(Client client) =>
        new(client, Secret) { RegistrationAccessToken = RegistrationAccessToken, LeftOut = LeftOut };
}
