namespace HQ.OAuth2;

/// <summary>Protects and unprotects stored keys with the Data Protection of the host.</summary>
internal sealed record KeyProtection(Func<byte[], string> Protect, Func<string, byte[]> Unprotect);
