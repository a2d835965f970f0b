using Microsoft.Extensions.Logging;

namespace Hutch.Site.Tests.Sites;

/// <summary>Hears what a class logs.</summary>
internal sealed class LogLines<T> : ILogger<T>
{
    public List<string> Texts { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Texts.Add(formatter(state, exception));
}
