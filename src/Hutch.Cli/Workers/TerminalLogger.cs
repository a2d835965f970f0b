using Microsoft.Extensions.Logging;

namespace Hutch.Cli.Workers;

/// <summary>Shows warnings and errors to the user at the terminal; with <c>--verbose</c>, all messages.</summary>
internal sealed class TerminalLogger<T>(Action<string> tell, bool isVerbose) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => isVerbose || logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            string why = exception is null ? "" : ": " + (isVerbose ? exception.ToString() : exception.Message);
            tell(formatter(state, exception) + why);
        }
    }
}
