namespace Hutch.Agent.Retention;

public sealed partial class RetentionRunner
{
    [LoggerMessage(
        EventId = 6402, Level = LogLevel.Information,
        Message = "{Folder} (dataset {Dataset}) is kept until {End}; {Count} people were reminded")]
    private static partial void LogReminded(ILogger logger, string folder, DatasetId dataset, DateTimeOffset end, int count);

    [LoggerMessage(
        EventId = 6403, Level = LogLevel.Warning,
        Message = "The retention time of {Folder} (dataset {Dataset}) ended on {End}. {Outcome}")]
    private static partial void LogOver(ILogger logger, string folder, DatasetId dataset, DateTimeOffset end, string outcome);

    [LoggerMessage(
        EventId = 6406, Level = LogLevel.Warning,
        Message = "Removed {Removed} files of {Folder} (dataset {Dataset}), which other sites hold; {Kept} that have changed since stay")]
    private static partial void LogRemoved(ILogger logger, string folder, DatasetId dataset, long removed, long kept);

    [LoggerMessage(
        EventId = 6407, Level = LogLevel.Warning,
        Message = "A file of {Folder} (dataset {Dataset}) that stays is now called {Path}: something else has its name, or the file system "
            + "cannot give that back without the danger of overwriting another file. Compare the two, and rename or remove it")]
    private static partial void LogRenamed(ILogger logger, string folder, DatasetId dataset, string path);

    [LoggerMessage(
        EventId = 6404, Level = LogLevel.Error,
        Message = "The retention time of {Folder} (dataset {Dataset}) could not be checked; trying again in an hour")]
    private static partial void LogFailed(ILogger logger, string folder, DatasetId dataset, Exception exception);
}
