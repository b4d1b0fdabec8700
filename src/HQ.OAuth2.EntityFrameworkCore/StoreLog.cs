using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>Every event of the stores.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(1200, LogLevel.Information, "The schema was brought from version {From} to {To}")]
    public static partial void SchemaUpdated(this ILogger logger, int from, int to);
}
