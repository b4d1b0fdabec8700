namespace HQ.OAuth2;

/// <summary>Marks an endpoint of ours, wherever a host mapped it.</summary>
/// <param name="Name">Its name in the log; null = it has none of its own.</param>
internal sealed record ServerEndpoint(string? Name = null);
