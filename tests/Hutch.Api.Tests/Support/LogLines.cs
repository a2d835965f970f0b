using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Hutch.Api.Tests.Support;

/// <summary>Hears what a server logs.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    /// <summary>What was logged as an error or worse.</summary>
    public IReadOnlyList<string> Errors => [.. _lines.Where(static line => line.Level >= LogLevel.Error).Select(static line => line.Text)];

    /// <summary>All that was logged.</summary>
    public IReadOnlyList<string> All => [.. _lines.Select(static line => line.Text)];

    /// <summary>What was logged as a warning.</summary>
    public IReadOnlyList<string> Warnings => [.. _lines.Where(static line => line.Level == LogLevel.Warning).Select(static line => line.Text)];

    public ILogger CreateLogger(string categoryName) => new Listener(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Listener(LogLines lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines._lines.Enqueue((logLevel, $"{category}: {formatter(state, exception)} {exception}"));
    }
}
