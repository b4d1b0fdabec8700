namespace HQ.OAuth2;

/// <summary>What the authorization of a device takes over from the request of the device (RFC 8628).</summary>
/// <param name="Id">The id of the authorization to come.</param>
/// <param name="CodeHash">The SHA-256 of the secret of the device code.</param>
/// <param name="UserCode">The user code, as people read it.</param>
/// <param name="ExpiresAt">The end of both codes.</param>
internal sealed record DeviceFact(string Id, byte[] CodeHash, string UserCode, DateTimeOffset ExpiresAt);
