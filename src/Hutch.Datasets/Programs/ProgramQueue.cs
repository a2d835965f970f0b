using System.Collections.Concurrent;
using System.Threading.Channels;
using Hutch.Programs.Engines;

namespace Hutch.Datasets.Programs;

/// <summary>
/// The state of programs in the memory of one server: a signal that the queue has changed, the signs of life of attempts, and the last
/// lines of their logs. Nothing here decides about results.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class ProgramQueue(IReadOnlyList<IProgramEngine> engines, TimeProvider time)
{
    /// <summary>The number of bytes of a log that are kept while its run is in progress.</summary>
    public const int MaxLogBytes = 64 << 10;

    /// <summary>The dispatcher forgets what has ended. Other servers of the site forget what was silent for this time.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(2);

    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly ConcurrentDictionary<AttemptKey, Beat> _beats = new();
    private long _cleared = time.GetTimestamp();
    private volatile bool _hasClosed;

    public IReadOnlyList<IProgramEngine> Engines => engines;

    /// <summary>False until the server can be reached by nodes, before which no engine can be judged.</summary>
    internal bool IsListening => engines.All(static engine => engine.IsListening);

    /// <summary>Says that a run may be ready to start, or an attempt has ended.</summary>
    public void Wake() => _changes.Writer.TryWrite(true);

    /// <summary>Reports that a dataset was closed, which may start programs.</summary>
    public void NoteClose()
    {
        _hasClosed = true;
        Wake();
    }

    /// <summary>True if a dataset was closed since the last wait ended.</summary>
    internal bool HasClosed => _hasClosed;

    /// <summary>Returns the reason why an engine cannot execute anything; null if it can.</summary>
    internal async ValueTask<HutchError?> FindProblemAsync(string engine, CancellationToken ct) =>
        engines.FirstOrDefault(one => one.Name == engine) is not { } known
            ? (ErrorCode.Unavailable with { Advice = "Tell the operator of this server, whose warnings name it." }).With(
                $"This server has no engine '{engine}' for programs. It has: {string.Join(", ", engines.Select(static one => one.Name))}.")
        : await known.FindProblemAsync(ct) is { } problem
            ? (ErrorCode.Unavailable with { Advice = "Tell the operator of this server." }).With(
                $"The engine '{engine}' cannot execute programs: {problem.TrimEnd('.')}.")
        : null;

    /// <summary>Waits for the next change, but not for ever.</summary>
    internal async Task WaitAsync(TimeSpan most, CancellationToken ct)
    {
        Task changed = _changes.Reader.WaitToReadAsync(ct).AsTask();
        await changed.WaitAsync(most, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
        _changes.Reader.TryRead(out _);
        _hasClosed = false;
    }

    /// <summary>Notes that a node executes an attempt, with the last lines of the log; null leaves them.</summary>
    internal void Note(AttemptKey attempt, ReadOnlyMemory<byte>? log)
    {
        byte[]? tail = log?[^Math.Min(log.Value.Length, MaxLogBytes)..].ToArray();
        _beats.AddOrUpdate(
            attempt,
            _ => new Beat(time.GetTimestamp(), tail ?? []),
            (_, before) => new Beat(time.GetTimestamp(), tail ?? before.Log));
        if (time.GetElapsedTime(Volatile.Read(ref _cleared)) > Forgotten)
        {
            Volatile.Write(ref _cleared, time.GetTimestamp());
            Keep(known => _beats.TryGetValue(known, out Beat? beat) && time.GetElapsedTime(beat.When) < Forgotten);
        }
    }

    /// <summary>Returns the time since the last sign of life. An attempt that is new to this server begins now.</summary>
    internal TimeSpan SilentFor(AttemptKey attempt) =>
        time.GetElapsedTime(_beats.GetOrAdd(attempt, _ => new Beat(time.GetTimestamp(), [])).When);

    /// <summary>Returns the last lines of the log of an attempt; null when this server has none.</summary>
    internal ReadOnlyMemory<byte>? FindLog(AttemptKey attempt) =>
        _beats.TryGetValue(attempt, out Beat? beat) ? beat.Log : default(ReadOnlyMemory<byte>?);

    /// <summary>Forgets all other attempts.</summary>
    internal void Keep(Func<AttemptKey, bool> isKept)
    {
        foreach (AttemptKey old in _beats.Keys.Where(known => !isKept(known)))
        {
            _beats.TryRemove(old, out _);
        }
    }

    private sealed record Beat(long When, byte[] Log);
}
