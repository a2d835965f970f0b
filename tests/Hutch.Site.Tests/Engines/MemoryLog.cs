using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Hutch.Site.Write.Committing;
using Hutch.Storage;

namespace Hutch.Site.Tests.Engines;

/// <summary>
/// A log that several servers share, in memory: what a database will be. One turn for all, each append under a name of its own, so that one
/// whose answer was lost can be looked up.
/// </summary>
internal sealed class MemoryLog(TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly List<JournalGroup> _groups = [];
    private readonly HashSet<Guid> _appended = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _now;

    public MemoryBytes Bytes { get; } = new();

    /// <summary>One server at a time collects.</summary>
    public SemaphoreSlim Collecting { get; } = new(1, 1);

    /// <summary>What each server is doing that a collection would wait for, by the server.</summary>
    public ConcurrentDictionary<MemoryEngine, OperationTracker> Operations { get; } = new();

    public LocalLeases Leases { get; } = new();

    public LocalJobList Jobs { get; } = new();

    /// <summary>The number of the last record.</summary>
    public long Last
    {
        get
        {
            lock (_lock)
            {
                return _groups.Count == 0 ? 0 : _groups[^1].LastSequence;
            }
        }
    }

    /// <summary>The log as one server sees it.</summary>
    /// <param name="fail">What goes wrong at a step; null for nothing.</param>
    public ISiteLog Connect(Func<LogStep, Exception?>? fail = null) => new Server(this, fail ?? (static _ => null));

    public void Dispose()
    {
        _turn.Dispose();
        Collecting.Dispose();
    }

    private List<JournalGroup> After(long sequence)
    {
        lock (_lock)
        {
            return [.. _groups.SkipWhile(group => group.LastSequence <= sequence)];
        }
    }

    private void Append(Guid id, LogGroup group)
    {
        lock (_lock)
        {
            foreach (LogMember member in group.Members)
            {
                Bytes.Add(member.Lane, member.Key, member.Body, member.Crc32C);
            }

            _appended.Add(id);
            if (group.FirstSequence == 0)
            {
                return;
            }

            if (_groups.Count > 0 && group.FirstSequence <= _groups[^1].LastSequence)
            {
                throw new InvalidOperationException($"Record {group.FirstSequence} comes after {_groups[^1].LastSequence}.");
            }

            _groups.Add(new JournalGroup(group.FirstSequence, group.LastSequence, group.Journal.ToArray()));
            _more.SetResult();
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private long Tick()
    {
        lock (_lock)
        {
            return _now = Math.Max(_now, time.GetUtcNow().ToUnixTimeMilliseconds());
        }
    }

    private sealed class Server(MemoryLog log, Func<LogStep, Exception?> fail) : ISiteLog
    {
        private Guid _lastAppend;

        public async ValueTask<ILogLock> AcquireAsync(long after, CancellationToken cancellationToken)
        {
            ThrowAt(LogStep.Turn);
            await log._turn.WaitAsync(cancellationToken);
            return new Turn(log, this, log.After(after));
        }

        public async IAsyncEnumerable<JournalGroup> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            ThrowAt(LogStep.Read);
            foreach (JournalGroup group in log.After(after))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return group;
            }
        }

        public async ValueTask WaitForMoreAsync(long after, CancellationToken cancellationToken)
        {
            Task more;
            lock (log._lock)
            {
                more = log.Last > after ? Task.CompletedTask : log._more.Task;
            }

            await more.WaitAsync(cancellationToken);
        }

        public Task<long> QueryLastSequenceAsync(CancellationToken cancellationToken)
        {
            ThrowAt(LogStep.Read);
            return Task.FromResult(log.Last);
        }

        private void ThrowAt(LogStep step)
        {
            if (fail(step) is { } failure)
            {
                throw failure;
            }
        }

        private sealed class Turn(MemoryLog log, Server server, List<JournalGroup> missed) : ILogLock
        {
            public IReadOnlyList<JournalGroup> Missed => missed;

            public long Now => log.Tick();

            public AppendOutcome LastAppend
            {
                get
                {
                    lock (log._lock)
                    {
                        return log._appended.Contains(server._lastAppend) ? AppendOutcome.There : AppendOutcome.NotThere;
                    }
                }
            }

            public ValueTask AppendAsync(LogGroup group, CancellationToken cancellationToken)
            {
                cancellationToken.ThrowIfCancellationRequested();
                server._lastAppend = Guid.NewGuid();
                server.ThrowAt(LogStep.BeforeAppend);
                log.Append(server._lastAppend, group);
                server.ThrowAt(LogStep.AfterAppend);
                return ValueTask.CompletedTask;
            }

            public ValueTask DisposeAsync()
            {
                log._turn.Release();
                return ValueTask.CompletedTask;
            }
        }
    }
}
