namespace HQ.OAuth2;

/// <summary>A part of the host that the answer depends on gave none: the caller is told to try again (503).</summary>
internal sealed class UnavailableException(string message, Exception inner) : Exception(message, inner);
