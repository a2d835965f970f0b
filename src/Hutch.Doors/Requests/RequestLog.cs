using Microsoft.Extensions.Logging;

namespace Hutch.Doors.Requests;

internal static partial class RequestLog
{
    [LoggerMessage(EventId = 4401, Level = LogLevel.Debug, Message = "{Method} {Path} answered {Status} ({RequestId})")]
    public static partial void Answered(ILogger logger, string method, PathString path, int status, string requestId);

    [LoggerMessage(EventId = 4402, Level = LogLevel.Error, Message = "{Method} {Path} failed ({RequestId})")]
    public static partial void Failed(ILogger logger, string method, PathString path, string requestId, Exception exception);
}
