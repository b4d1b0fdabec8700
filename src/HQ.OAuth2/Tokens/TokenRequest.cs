namespace HQ.OAuth2;

/// <summary>A token request once its client is known.</summary>
/// <param name="Client">Who asks, authenticated by its registered method.</param>
/// <param name="Parameters">What it asks.</param>
/// <param name="Now">When, read once for the whole request.</param>
public sealed record TokenRequest(Client Client, OAuthParameters Parameters, DateTimeOffset Now);
