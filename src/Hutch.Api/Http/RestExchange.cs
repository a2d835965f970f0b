using System.Diagnostics;

namespace Hutch.Api.Http;

/// <summary>The record of one request, for the metrics and the log.</summary>
internal sealed class RestExchange
{
    private readonly long _start = Stopwatch.GetTimestamp();

    public TimeSpan Took => Stopwatch.GetElapsedTime(_start);

    /// <summary>The fault inside the server after the answer began; null without one.</summary>
    public Exception? Fault { get; private set; }

    public void Record(Exception fault) => Fault ??= fault;
}
