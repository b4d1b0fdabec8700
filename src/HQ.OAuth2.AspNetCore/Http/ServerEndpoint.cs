namespace HQ.OAuth2;

/// <summary>Marks an endpoint of ours, at any address that a host mapped it to.</summary>
internal sealed class ServerEndpoint;
