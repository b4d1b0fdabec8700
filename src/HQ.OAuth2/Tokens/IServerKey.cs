namespace HQ.OAuth2;

/// <summary>A key that has a time from when on it is used.</summary>
internal interface IServerKey
{
    string Id { get; }

    DateTimeOffset ActiveFrom { get; }
}
