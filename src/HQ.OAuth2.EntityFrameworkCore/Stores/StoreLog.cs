using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>Every event of the stores.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(1200, LogLevel.Information, "The schema was updated from version {From} to {To}")]
    public static partial void SchemaUpdated(this ILogger logger, int from, int to);

    [LoggerMessage(1201, LogLevel.Information, "The keys of the names of {Count} clients were filled in")]
    public static partial void NameKeysFilled(this ILogger logger, int count);

    [LoggerMessage(
        1202,
        LogLevel.Error,
        "The keys of client names could not be filled in: until a start does it, the consent page does not point out all apps that imitate these clients"
    )]
    public static partial void NameKeysNotFilled(this ILogger logger, Exception exception);
}
