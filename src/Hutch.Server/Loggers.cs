using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Console;

namespace Hutch.Server;

/// <summary>Logs go to standard error: text for people or JSON lines for machines.</summary>
internal static class Loggers
{
    public static ILoggerFactory Create(ServeOptions options) => LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(options.VerboseLogs ? LogLevel.Debug : LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);

        // The reason of a failed start is also thrown, and reported without a stack trace.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        if (options.ListeningLogger is { } listener)
        {
            logging.AddProvider(listener);
        }

        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (options.JsonLogs)
        {
            logging.AddJsonConsole(json =>
            {
                json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
                json.UseUtcTimestamp = true;
            });
        }
        else
        {
            logging.AddSimpleConsole(text =>
            {
                text.SingleLine = true;
                text.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff ";
                text.UseUtcTimestamp = true;
                text.ColorBehavior = LoggerColorBehavior.Default;
            });
        }
    });
}
