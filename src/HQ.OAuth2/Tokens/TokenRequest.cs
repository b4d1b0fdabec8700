namespace HQ.OAuth2;

/// <summary>A token request whose client is authenticated.</summary>
/// <param name="Client">The client, authenticated by its registered method.</param>
/// <param name="Parameters">The parameters of the request.</param>
/// <param name="Now">The time of the request, read once.</param>
public sealed record TokenRequest(Client Client, OAuthParameters Parameters, DateTimeOffset Now);
