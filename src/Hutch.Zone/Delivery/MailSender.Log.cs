using Microsoft.Extensions.Logging;

namespace Hutch.Zone.Delivery;

public sealed partial class MailSender
{
    [LoggerMessage(3101, LogLevel.Debug, "Mail {Id} ({Template}) was accepted by the mail server")]
    private partial void LogSent(long id, string template);

    [LoggerMessage(3102, LogLevel.Warning, "Mail {Id} ({Template}) could not be sent; retrying in {Seconds:0} s: {Reason}")]
    private partial void LogRetry(long id, string template, double seconds, string reason);

    [LoggerMessage(3103, LogLevel.Error, "Mail {Id} ({Template}) was given up: {Reason}")]
    private partial void LogGivenUp(long id, string template, string reason);

    [LoggerMessage(3104, LogLevel.Warning, "Mails wait, as their records cannot be read or written: {Reason}")]
    private partial void LogAway(string reason);
}
