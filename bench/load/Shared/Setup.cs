namespace HQ.OAuth2.Load;

/// <summary>What the driver and each server know about the clients.</summary>
internal static class Setup
{
    public const string PublicClient = "public";
    public const string ConfidentialClient = "confidential";
    public const string Secret = "secret-of-the-load-measurement-0123456789";

    // A server may remember the consent for an https redirect, not for one to a program.
    public const string RedirectUri = "https://app.example.com/cb";
    public const string Scope = "read";

    public static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan AccessTokenLifetime = TimeSpan.FromHours(1);
    public static readonly TimeSpan RefreshTokenLifetime = TimeSpan.FromDays(30);
}
