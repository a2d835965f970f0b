using System.Collections.Concurrent;
using Hutch.Cluster.Bytes;
using Hutch.Site.Write.Committing;
using Hutch.Storage;

namespace Hutch.Cluster.Tests.Bytes.Support;

/// <summary>The log as rows in memory, as a database keeps them: what several servers share. Each connects with its own view.</summary>
internal sealed class MemoryRows(TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Row> _rows = [];
    private TaskCompletionSource _more = NewSignal();
    private long _lastPack;

    /// <summary>One server at a time appends.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>What goes wrong at a step, for whoever is there.</summary>
    public Func<RowStep, Exception?> Fail { get; set; } = static _ => null;

    /// <summary>Up to which row every server has applied the log; null for as far as those have that joined.</summary>
    public long? LeastApplied { get; set; }

    /// <summary>Called and awaited before objects are condemned with the log locked.</summary>
    public Func<Task> Condemning { get; set; } = static () => Task.CompletedTask;

    /// <summary>One server at a time collects.</summary>
    public SemaphoreSlim Collecting { get; } = new(1, 1);

    /// <summary>The row up to which no row has records any more.</summary>
    public long Trimmed { get; set; }

    /// <summary>The record up to which what was purged is nowhere in rows and objects.</summary>
    public long Swept { get; set; }

    /// <summary>How each server applies what was appended, as it does by itself.</summary>
    public ConcurrentDictionary<MemberView, Func<CancellationToken, Task>> CatchUps { get; } = new();

    /// <summary>How each server wipes its own disk.</summary>
    public ConcurrentDictionary<MemberView, Func<CancellationToken, Task<bool>>> Wipes { get; } = new();

    /// <summary>The ids under which the servers write that run.</summary>
    public ConcurrentDictionary<Guid, bool> Writers { get; } = new();

    /// <summary>The servers whose operations a collection waits for, and whose views must have what is deleted.</summary>
    public ConcurrentDictionary<MemberView, OperationTracker> Joined { get; } = new();

    public IReadOnlyList<Row> Rows
    {
        get
        {
            lock (_lock)
            {
                return [.. _rows];
            }
        }
    }

    public long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public long NextPack() => Interlocked.Increment(ref _lastPack);

    /// <summary>Forgets the last rows: a database that was restored from a backup.</summary>
    public void GoBack(int rows)
    {
        lock (_lock)
        {
            _rows.RemoveRange(_rows.Count - rows, rows);
        }
    }

    public void Append(IReadOnlyList<Row> rows)
    {
        lock (_lock)
        {
            foreach (Row row in rows)
            {
                if (row.Number != _rows.Count + 1)
                {
                    throw new InvalidOperationException($"Row {row.Number} comes after {_rows.Count}.");
                }

                _rows.Add(row);
            }

            _more.SetResult();
            _more = NewSignal();
        }
    }

    /// <summary>Puts another row in the place of one.</summary>
    public void Replace(Row row)
    {
        lock (_lock)
        {
            _rows[(int)row.Number - 1] = row;
        }
    }

    public Task MoreAsync(Func<Row, bool> isWanted)
    {
        lock (_lock)
        {
            return _rows.Exists(row => isWanted(row)) ? Task.CompletedTask : _more.Task;
        }
    }

    public void Dispose()
    {
        Turn.Dispose();
        Collecting.Dispose();
    }

    public void ThrowAt(RowStep step)
    {
        if (Fail(step) is { } failure)
        {
            throw failure;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A row.</summary>
    internal sealed record Row(
        long Number, Guid Id, Lane Lane, DateTimeOffset Committed, long First, long Last, byte[] Journal, byte[] Directory)
    {
        public byte[]? Bodies { get; set; }

        public string? PackedIn { get; set; }

        public bool IsToBePacked => PackedIn is null && (Bodies is { Length: > 0 } || Last > 0 || LogDirectory.Read(Directory).Members.Count > 0);
    }
}

/// <summary>Where something can be made to go wrong.</summary>
internal enum RowStep
{
    BeforeAppend,
    AfterAppend,
    Bodies,
    Unpacked,
    BeforeRecord,
    AfterRecord,
}
