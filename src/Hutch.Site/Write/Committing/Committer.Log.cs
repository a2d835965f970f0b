namespace Hutch.Site.Write.Committing;

public sealed partial class Committer
{
    [LoggerMessage(
        EventId = 3001, Level = LogLevel.Error,
        Message = "The disk did not confirm a group of {Requests} requests; they were answered 'outcome unknown'")]
    private static partial void LogUnknownOutcome(ILogger logger, int requests, Exception exception);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Error, Message = "A request to the committer failed")]
    private static partial void LogFault(ILogger logger, Exception exception);

    [LoggerMessage(
        EventId = 3004, Level = LogLevel.Critical, Message = "site.db cannot be written; writes are refused until the next start")]
    private static partial void LogRecordsLost(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 3005, Level = LogLevel.Error, Message = "The site's log cannot be reached; nothing was changed")]
    private static partial void LogNotReached(ILogger logger, Exception exception);

    [LoggerMessage(
        EventId = 3006, Level = LogLevel.Warning, Message = "What other servers appended could not be applied; it is tried again")]
    private static partial void LogNotFollowed(ILogger logger, Exception exception);
}
