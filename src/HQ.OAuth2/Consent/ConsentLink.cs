namespace HQ.OAuth2;

/// <summary>A link that the client gave about itself.</summary>
/// <param name="Kind">Its name in the client's metadata: <c>client_uri</c>, <c>tos_uri</c> or <c>policy_uri</c>.</param>
/// <param name="Uri">Where it leads, https.</param>
/// <param name="Host">The host of that.</param>
public sealed record ConsentLink(string Kind, string Uri, string Host);
