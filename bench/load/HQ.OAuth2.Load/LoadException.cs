namespace HQ.OAuth2.Load;

/// <summary>A server answered what it must not: the figures would mean nothing.</summary>
internal sealed class LoadException : Exception
{
    public LoadException() { }

    public LoadException(string message)
        : base(message) { }

    public LoadException(string message, Exception innerException)
        : base(message, innerException) { }
}
