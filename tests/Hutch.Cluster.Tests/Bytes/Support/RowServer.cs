using System.Runtime.CompilerServices;
using Hutch.Cluster.Bytes;
using Hutch.Cluster.Bytes.Collecting;
using Hutch.Cluster.Journal;
using Hutch.Model.Records;
using Hutch.Storage;

namespace Hutch.Cluster.Tests.Bytes.Support;

/// <summary>The rows as one server sees them, with its own view of the members.</summary>
internal sealed class RowServer(MemoryRows rows, MemberView view) : ISiteLog, ILogBodies, IPackLog, ICollectionLog
{
    private readonly Lock _applying = new();
    private Guid _lastAppend;

    /// <summary>Applies what others appended.</summary>
    public void CatchUp()
    {
        lock (_applying)
        {
            foreach (MemoryRows.Row row in rows.Rows.Where(row => row.Number > view.Applied.Number))
            {
                view.Apply([new LogRow(row.Number, row.Id, row.Lane, row.Directory, row.PackedIn)]);
            }
        }
    }

    /// <summary>Applies what was appended at all servers, as each does by itself: its records too.</summary>
    public Task CatchUpAllAsync(CancellationToken ct) => Task.WhenAll(rows.CatchUps.Values.Select(catchUp => catchUp(ct)));

    public Task CatchUpAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        CatchUp();
        return Task.CompletedTask;
    }

    public async ValueTask<ILogLock> AcquireAsync(long after, CancellationToken cancellationToken)
    {
        await rows.Turn.WaitAsync(cancellationToken);
        CatchUp();
        return new Taken(this, Groups(after));
    }

    public async IAsyncEnumerable<JournalGroup> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;

        // Catches up after reading the groups, so that a record never appears before the members that it names.
        List<JournalGroup> groups = Groups(after);
        CatchUp();
        foreach (JournalGroup group in groups)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return group;
        }
    }

    public async ValueTask WaitForMoreAsync(long after, CancellationToken cancellationToken) =>
        await rows.MoreAsync(row => row.Last > after).WaitAsync(cancellationToken);

    public Task<long> QueryLastSequenceAsync(CancellationToken cancellationToken) =>
        Task.FromResult(rows.Rows.Select(static row => row.Last).DefaultIfEmpty().Max());

    public ValueTask<string?> ReadBodiesAsync(long row, long offset, Memory<byte> into, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        rows.ThrowAt(RowStep.Bodies);
        MemoryRows.Row found = rows.Rows[(int)row - 1];
        if (found.PackedIn is null)
        {
            found.Bodies.AsSpan((int)offset, into.Length).CopyTo(into.Span);
        }

        return new ValueTask<string?>(found.PackedIn);
    }

    public ValueTask<IReadOnlyList<UnpackedRow>> ReadUnpackedAsync(long maxBytes, CancellationToken ct)
    {
        rows.ThrowAt(RowStep.Unpacked);
        var found = new List<UnpackedRow>();
        long bytes = 0;
        foreach (MemoryRows.Row row in rows.Rows.Where(static row => row.IsToBePacked))
        {
            var unpacked = new UnpackedRow(
                row.Number, row.Lane, row.Committed, row.First, row.Last, row.Journal, row.Directory, row.Bodies ?? []);
            if (found.Count > 0 && bytes + unpacked.Bytes > maxBytes)
            {
                break;
            }

            found.Add(unpacked);
            bytes += unpacked.Bytes;
        }

        return new ValueTask<IReadOnlyList<UnpackedRow>>(found);
    }

    public ValueTask<PackBacklog> ReadBacklogAsync(CancellationToken ct)
    {
        MemoryRows.Row[] waiting = [.. rows.Rows.Where(static row => row.IsToBePacked)];
        return new(new PackBacklog(waiting.Length, waiting.Sum(static row => row.Journal.Length + (row.Bodies?.LongLength ?? 0)), default));
    }

    public ValueTask<long> NextPackAsync(CancellationToken ct) => new(rows.NextPack());

    public ValueTask<long> ReadLeastAppliedAsync(CancellationToken ct)
    {
        long applied = rows.LeastApplied ?? rows.Joined.Keys.Select(static view => view.Applied.Number).DefaultIfEmpty(rows.Rows.Count).Min();
        long unpacked = rows.Rows.Where(static row => row.IsToBePacked).Select(static row => row.Number - 1).DefaultIfEmpty(long.MaxValue).Min();
        return new(Math.Min(applied, unpacked));
    }

    public async Task<ICollectionLease> AcquireAsync(CancellationToken ct)
    {
        await rows.Collecting.WaitAsync(ct);
        return new Collecting(this);
    }

    /// <summary>The right to condemn, for who needs no other to stay away.</summary>
    public ICollectionLease Condemner() => new Collecting(this);

    public Task NoteGoneAsync(IReadOnlyList<string> names, CancellationToken ct) =>
        TryRecordAsync(CondemnedObject.OfGone(names), long.MaxValue, static _ => false, ct).AsTask();

    public async Task WaitForOperationsAsync(CancellationToken ct)
    {
        long last = await QueryLastSequenceAsync(ct);
        while (rows.Joined.Values.Any(operations => operations.Oldest < last))
        {
            await Task.Delay(1, ct);
        }
    }

    public ValueTask<long> ReadSweptAsync(CancellationToken ct) => new(rows.Swept);

    public async Task<IReadOnlyList<string>> WaitForCleanServersAsync(CancellationToken ct)
    {
        var unclean = new List<string>();
        foreach ((MemberView server, Func<CancellationToken, Task<bool>> wipe) in rows.Wipes)
        {
            if (!await wipe(ct) || !server.TryWipe())
            {
                unclean.Add("a server");
            }
        }

        return unclean;
    }

    public async ValueTask<bool> TryRecordAsync(
        LogDirectory directory, long after, Predicate<LogDirectory> isAgainst, CancellationToken ct)
    {
        await rows.Turn.WaitAsync(ct);
        try
        {
            if (rows.Rows.Where(row => row.Number > after).Any(row => isAgainst(LogDirectory.Read(row.Directory))))
            {
                CatchUp();
                return false;
            }

            rows.ThrowAt(RowStep.BeforeRecord);
            foreach (StoredPack pack in directory.Packs)
            {
                foreach (PackedRow packed in pack.Rows)
                {
                    MemoryRows.Row row = rows.Rows[(int)packed.Row - 1];
                    (row.PackedIn, row.Bodies) = (ObjectNames.For(pack), null);
                }
            }

            rows.Append([Make(rows.Rows.Count + 1, Lane.Main, default, directory.ToBytes())]);
            rows.ThrowAt(RowStep.AfterRecord);
            CatchUp();
            return true;
        }
        finally
        {
            rows.Turn.Release();
        }
    }

    private sealed class Collecting(RowServer server) : ICollectionLease
    {
        public bool IsHeld { get; private set; } = true;

        public ValueTask<long> ReadLeastAppliedAsync(CancellationToken ct) => server.ReadLeastAppliedAsync(ct);

        public Task NoteGoneAsync(IReadOnlyList<string> names, CancellationToken ct) => server.NoteGoneAsync(names, ct);

        public ValueTask<IReadOnlySet<Guid>> ReadWritersAsync(CancellationToken ct) => new(server.Rows.Writers.Keys.ToHashSet());

        public ValueTask<long> FindRowAsync(long sequence, CancellationToken ct) => new(
            server.Rows.Rows.Where(row => row.Last >= sequence).Select(static row => row.Number).FirstOrDefault(long.MaxValue));

        public Task<bool> TryTrimAsync(long through, CancellationToken ct) => TryChangeAsync(
            through,
            row => row with { Journal = [], Bodies = row.Bodies, PackedIn = row.PackedIn },
            () => server.Rows.Trimmed = Math.Max(server.Rows.Trimmed, through),
            ct);

        public Task<bool> TryRewriteAsync(long through, Func<long, LogDirectory, LogDirectory?> rewrite, CancellationToken ct) =>
            TryChangeAsync(
                through,
                row => rewrite(row.Number, LogDirectory.Read(row.Directory)) is { } said
                    ? row with { Directory = said.SaysNothing ? [] : said.ToBytes() }
                    : row,
                static () => { },
                ct);

        public Task NoteSweptAsync(long sequence, CancellationToken ct)
        {
            server.Rows.Swept = sequence;
            return Task.CompletedTask;
        }

        private async Task<bool> TryChangeAsync(long through, Func<MemoryRows.Row, MemoryRows.Row> change, Action done, CancellationToken ct)
        {
            MemoryRows rows = server.Rows;
            await rows.Turn.WaitAsync(ct);
            try
            {
                if (await server.ReadLeastAppliedAsync(ct) < through)
                {
                    return false;
                }

                foreach (MemoryRows.Row row in rows.Rows.Take((int)through))
                {
                    rows.Replace(change(row));
                }

                done();
                return true;
            }
            finally
            {
                rows.Turn.Release();
            }
        }

        public async Task<long?> TryCondemnAsync(
            IReadOnlyList<string> names, bool isDueAtOnce, long after, Predicate<LogDirectory> isAgainst, CancellationToken ct)
        {
            MemoryRows rows = server.Rows;
            await rows.Condemning();
            await rows.Turn.WaitAsync(ct);
            try
            {
                if (rows.Rows.Skip((int)after).Any(row => isAgainst(LogDirectory.Read(row.Directory))))
                {
                    return null;
                }

                rows.ThrowAt(RowStep.BeforeRecord);
                var directory = new LogDirectory { Condemned = [.. names.Select(name => new CondemnedObject(name, isDueAtOnce ? CondemnedObject.DueAtOnce : rows.Now))] };
                rows.Append([Make(rows.Rows.Count + 1, Lane.Main, default, directory.ToBytes())]);
                rows.ThrowAt(RowStep.AfterRecord);
                return rows.Rows.Count;
            }
            finally
            {
                rows.Turn.Release();
            }
        }

        public ValueTask DisposeAsync()
        {
            if (IsHeld)
            {
                IsHeld = false;
                server.Rows.Collecting.Release();
            }

            return ValueTask.CompletedTask;
        }
    }

    /// <summary>The checkpoints in the rows, newest first.</summary>
    public IEnumerable<JournalRecord.Checkpoint> Checkpoints =>
        rows.Rows.Reverse().Select(static row => CheckpointMark.Newest(row.Journal)).OfType<JournalRecord.Checkpoint>();

    /// <summary>Whether records after one are in no row any more.</summary>
    public bool IsTrimmedAfter(long sequence) => rows.Rows.Any(row => row.Last > sequence && row.Number <= rows.Trimmed);

    private List<JournalGroup> Groups(long after) =>
    [
        .. rows.Rows.Where(row => row.Last > after).Select(static row => row.Journal.Length > 0
            ? new JournalGroup(row.First, row.Last, row.Journal)
            : throw new InvalidOperationException($"Record {row.Last} was trimmed.")),
    ];

    private static MemoryRows.Row Make(long number, Lane lane, (long First, long Last, byte[] Journal) records, byte[] directory) => new(
        number, Guid.NewGuid(), lane, DateTimeOffset.MinValue, records.First, records.Last, records.Journal ?? [], directory);

    private sealed class Taken(RowServer server, List<JournalGroup> missed) : ILogLock
    {
        private readonly MemoryRows _rows = server.Rows;

        public IReadOnlyList<JournalGroup> Missed => missed;

        public long Now => _rows.Now;

        public AppendOutcome LastAppend =>
            _rows.Rows.Any(row => row.Id == server._lastAppend) ? AppendOutcome.There : AppendOutcome.NotThere;

        public ValueTask AppendAsync(LogGroup group, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var drafts = new List<(MemoryRows.Row Row, ReadOnlyMemory<byte> Directory)>();
            foreach (Lane lane in group.Members.Select(static member => member.Lane).Append(Lane.Main).Distinct().OrderBy(lane => lane == Lane.Main))
            {
                LogMember[] members = [.. group.Members.Where(member => member.Lane == lane)];
                bool isMain = lane == Lane.Main;
                if (members.Length == 0 && group.FirstSequence == 0 && !(isMain && group.ReliedUpon.Count > 0))
                {
                    continue;
                }

                ReadOnlyMemory<byte> directory = server.View.Describe(members, isMain ? group.ReliedUpon : []);
                drafts.Add((new MemoryRows.Row(
                    _rows.Rows.Count + drafts.Count + 1, Guid.NewGuid(), lane, DateTimeOffset.FromUnixTimeMilliseconds(Now),
                    isMain ? group.FirstSequence : 0, isMain ? group.LastSequence : 0, isMain ? group.Journal.ToArray() : [], directory.ToArray())
                {
                    Bodies = [.. members.SelectMany(static member => member.Body.ToArray())],
                }, directory));
            }

            server._lastAppend = drafts[^1].Row.Id;
            _rows.ThrowAt(RowStep.BeforeAppend);
            _rows.Append([.. drafts.Select(static draft => draft.Row)]);
            _rows.ThrowAt(RowStep.AfterAppend);
            lock (server._applying)
            {
                // A concurrent catch-up may have applied them already.
                foreach ((MemoryRows.Row row, ReadOnlyMemory<byte> directory) in drafts.Where(one => one.Row.Number > server.View.Applied.Number))
                {
                    server.View.Apply([new LogRow(row.Number, row.Id, row.Lane, directory, null)]);
                }
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            _rows.Turn.Release();
            return ValueTask.CompletedTask;
        }
    }

    private MemoryRows Rows => rows;

    private MemberView View => view;
}
