namespace HQ.OAuth2;

/// <summary>How a host protects what it stores: the two halves of its Data Protection.</summary>
internal sealed record KeyProtection(Func<byte[], string> Protect, Func<string, byte[]> Unprotect);
