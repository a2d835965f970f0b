namespace Hutch.Zone;

public sealed partial class ZoneMaintenance
{
    [LoggerMessage(3001, LogLevel.Debug, "Copied the zone's records to {Path} and verified the copy")]
    private partial void LogCopied(string path);

    [LoggerMessage(3002, LogLevel.Error, "Upkeep of the zone failed at {What}; retrying in a minute")]
    private partial void LogFailed(string what, Exception exception);
}
