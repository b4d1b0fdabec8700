namespace HQ.OAuth2;

/// <summary>Marks an endpoint of ours, wherever a host mapped it.</summary>
internal sealed class ServerEndpoint;
