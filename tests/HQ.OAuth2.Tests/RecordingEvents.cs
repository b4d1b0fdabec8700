namespace HQ.OAuth2.Tests;

/// <summary>Keeps what is published, in order.</summary>
internal sealed class RecordingEvents : IOAuthEvents
{
    public List<OAuthEvent> All { get; } = [];

    public ValueTask OnAsync(OAuthEvent happened)
    {
        All.Add(happened);
        return ValueTask.CompletedTask;
    }
}
