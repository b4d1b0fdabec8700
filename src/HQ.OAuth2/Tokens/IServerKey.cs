namespace HQ.OAuth2;

/// <summary>A key with the time from which it is used.</summary>
internal interface IServerKey
{
    string Id { get; }

    DateTimeOffset ActiveFrom { get; }
}
