using Microsoft.Extensions.Logging;

namespace Hutch.Zone;

public sealed partial class ZoneUpkeep
{
    [LoggerMessage(3001, LogLevel.Debug, "The zone's records were copied to {Path} and the copy was checked")]
    private partial void LogCopied(string path);

    [LoggerMessage(3002, LogLevel.Error, "Upkeep of the zone failed at {What}; it is tried again in a minute")]
    private partial void LogFailed(string what, Exception exception);
}
