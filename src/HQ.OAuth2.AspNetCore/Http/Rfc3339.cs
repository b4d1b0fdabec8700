using System.Globalization;

namespace HQ.OAuth2;

/// <summary>Times in the API for users and the API for administrators: RFC 3339, UTC, whole seconds.</summary>
internal static class Rfc3339
{
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
