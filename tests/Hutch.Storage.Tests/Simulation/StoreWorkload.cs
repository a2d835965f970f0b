using System.Text;

using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Storage.Segments;
using Hutch.Storage.Tests.Segments;

namespace Hutch.Storage.Tests.Simulation;

/// <summary>
/// A mixed workload over one store: groups in all lanes, small and large, journals alone, duplicates, sealing, compaction, retiring,
/// dropping a lane, restarts. Writes down what it asks for and what it was answered. The same seed does the same.
/// </summary>
public sealed class StoreWorkload(FaultyDisk disk, int seed)
{
    public const string Folder = "/data/segments";

    private static readonly Lane[] Transient = [Lane.Until(new DateOnly(2026, 11, 25)), Lane.Until(new DateOnly(2026, 12, 1))];

    private readonly Random _random = new(seed);
    private SegmentStore? _store;
    private long _sequence;
    private int _unique;

    public Ledger Ledger { get; } = new();

    /// <summary>Whether failures of the disk are expected.</summary>
    public bool DiskMayFail { get; init; }

    /// <summary>Options small enough that everything happens within some dozen groups.</summary>
    public static SegmentOptions Options(int seed)
    {
        var ids = new Random(seed);
        return new SegmentOptions
        {
            SegmentBytes = 40 << 10,
            ZeroAheadBytes = 8 << 10,
            ReserveAheadBytes = 12 << 10,
            SmallGroupBytes = 5 << 10,
            ReserveBytes = 0,
            UseWriterThreads = false,
            StoreId = new Guid(1, 2, 3, new byte[8]),
            MaxOpenFiles = 3,
            NewId = () =>
            {
                var bytes = new byte[16];
                ids.NextBytes(bytes);
                return new Guid(bytes);
            },
        };
    }

    public static async Task<(SegmentStore Store, RecoveryReport Report)> OpenAsync(FaultyDisk disk, int seed) =>
        await SegmentStore.OpenAsync(disk, Folder, Options(seed), TimeProvider.System, CancellationToken.None);

    /// <summary>Opens the store and does some dozen things with it.</summary>
    public async Task RunAsync(int steps)
    {
        await ReopenAsync();
        for (int step = 0; step < steps; step++)
        {
            await ((Task)(_random.Next(24) switch
            {
                < 11 => AppendAsync(Lane.Main, _random.Next(0, 4), _random.Next(1, 5000)),
                < 13 => AppendAsync(Lane.Main, 1, _random.Next(5000, 20_000)),
                < 15 => AppendAsync(Lane.Bulk, _random.Next(1, 3), _random.Next(4000, 17_000)),
                < 18 => AppendAsync(Transient[_random.Next(Transient.Length)], _random.Next(1, 3), _random.Next(1, 6000)),
                < 19 => SealAsync(),
                < 22 => CompactAsync(),
                < 23 => DropAsync(),
                _ => ReopenAsync(),
            }));
        }
    }

    /// <summary>The open store agrees with what was answered: what is unknown is not visible, or only after a restart has settled it.</summary>
    public async Task CheckLiveAsync() => await new StoreChecker(Ledger).CheckGroupsAsync(_store!);

    private async Task ReopenAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        // When a disk fails once, the second try succeeds.
        if (await TryAsync(OpenStoreAsync) is not null)
        {
            await OpenStoreAsync();
        }
    }

    private async Task OpenStoreAsync()
    {
        disk.CreateFolder("/data");
        disk.SyncFolder("/");
        (_store, RecoveryReport report) = await OpenAsync(disk, seed + Ledger.Groups.Count);
        Assert.False(report.HasDamage, string.Join("; ", report.Damage));
        _sequence = report.LastSequence;
        Settle();
    }

    /// <summary>A restart decides about groups whose outcome was unknown: from now on they are there or not.</summary>
    private void Settle()
    {
        foreach (WrittenGroup group in Ledger.Groups.Where(static g => g.Fate == Fate.Open))
        {
            // The first member is the group's own, never a duplicate.
            bool there = _store!.TryLocate(group.Members[0].Key, out MemberLocation location);
            group.Fate = there ? Fate.Answered : Fate.Refused;
            group.Segment = location.Segment;
        }
    }

    private async Task AppendAsync(Lane lane, int members, int size)
    {
        List<(MemberKey Key, byte[] Body)> bodies = [.. Enumerable.Range(0, members).Select(_ => Member(lane, size))];
        if (bodies.Count > 0 && _random.Next(6) == 0 && Ledger.Groups.FirstOrDefault(g => g.Lane == lane && g.Members.Count > 0) is { } earlier)
        {
            bodies.Add(earlier.Members[0]);
        }

        List<string> lines = [];
        if (lane == Lane.Main)
        {
            // A marker blob in each group lets a restart decide whether the group is stored.
            bodies.Add(Member(lane, 10));
            lines.AddRange(Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => Line(++_sequence)));
        }

        await CommitAsync(lane, bodies, lines, mayUseReserve: false);
    }

    private async Task CommitAsync(Lane lane, List<(MemberKey Key, byte[] Body)> members, List<string> lines, bool mayUseReserve)
    {
        var group = new SegmentGroup { MayUseReserve = mayUseReserve };
        members.ForEach(member => group.Add(member.Key, member.Body));
        if (lines.Count > 0)
        {
            byte[] journal = Encoding.UTF8.GetBytes(string.Concat(lines.Select(static line => line + "\n")));
            group.SetJournal(journal, SequenceOf(lines[0]), SequenceOf(lines[^1]));
        }

        var written = new WrittenGroup { Lane = lane, Members = members, Lines = lines };
        Ledger.Groups.Add(written);
        Exception? error = await TryAsync(async () => await _store!.AppendAsync(lane, group, CancellationToken.None));
        if (error is null)
        {
            Ledger.Answer(written, await SegmentOfAsync(members[0].Key));
        }
        else
        {
            // The numbers are used again, as a committer would.
            _sequence = lines.Count > 0 && !mayUseReserve ? SequenceOf(lines[0]) - 1 : _sequence;
            written.Fate = error is StorageUnknownOutcomeException ? Fate.Open : Fate.Refused;
        }
    }

    // The look-up may meet the one call that fails; the second does not.
    private async Task<long> SegmentOfAsync(MemberKey key)
    {
        MemberLocation location = default;
        bool found = false;
        Task LocateAsync()
        {
            found = _store!.TryLocate(key, out location);
            return Task.CompletedTask;
        }

        if (await TryAsync(LocateAsync) is not null)
        {
            await LocateAsync();
        }

        Assert.True(found, "an answered member is not visible");
        return location.Segment;
    }

    private Task<Exception?> SealAsync() => TryAsync(() => _store!.SealAsync(CancellationToken.None));

    /// <summary>Copies everything out of the oldest sealed segment of a lasting lane, journals too, and retires it.</summary>
    private async Task CompactAsync()
    {
        SegmentInfo? oldest = _store!.Segments.LastOrDefault(static s => s.State == SegmentState.Sealed && !s.Lane.IsTransient && s.CanRetire);
        if (oldest is null)
        {
            return;
        }

        List<(MemberKey Key, byte[] Body)> members = [Member(oldest.Lane, 10)];
        var lines = new SortedDictionary<long, string>();
        Exception? error = await TryAsync(async () =>
        {
            await foreach (MemberInfo member in _store.EnumerateMembersAsync(oldest.Number, CancellationToken.None))
            {
                var body = new byte[member.Location.Length];
                await _store.ReadVerifiedAsync(member.Location, body, CancellationToken.None);
                if (member.Key.Kind != MemberKind.Journal)
                {
                    members.Add((member.Key, body));
                    continue;
                }

                foreach (string line in Encoding.UTF8.GetString(body).Split('\n').Where(static l => l.StartsWith("{\"seq\":", StringComparison.Ordinal)))
                {
                    lines[SequenceOf(line)] = line;
                }
            }
        });
        if (error is null)
        {
            await CommitAsync(oldest.Lane, members, [.. lines.Values], mayUseReserve: true);
        }

        if (Ledger.Groups[^1] is { Fate: Fate.Answered } copy && copy.Members == (object)members)
        {
            await RetireAsync(oldest.Number);
        }
    }

    private async Task RetireAsync(long number)
    {
        bool IsOf(WrittenGroup group) => group.Segment == number && group.Fate == Fate.Answered;
        Ledger.BeginRemoval(IsOf);
        if (await TryAsync(() => _store!.RetireAsync(number, CancellationToken.None)) is null)
        {
            Ledger.EndRemoval(IsOf);
        }
    }

    private async Task DropAsync()
    {
        Lane lane = Transient[_random.Next(Transient.Length)];
        bool IsOf(WrittenGroup group) => group.Lane == lane;
        Ledger.BeginRemoval(IsOf);
        if (await TryAsync(() => _store!.DropLaneAsync(lane, CancellationToken.None)) is null)
        {
            Ledger.EndRemoval(IsOf);
        }
    }

    private async Task<Exception?> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return null;
        }
        catch (IOException e) when (DiskMayFail)
        {
            return e;
        }
    }

    private (MemberKey Key, byte[] Body) Member(Lane lane, int size)
    {
        byte[] body = Make.Bytes(size, (seed * 100_000) + ++_unique);
        BitConverter.TryWriteBytes(body.AsSpan(0, Math.Min(4, size)), size >= 4 ? _unique : 0);
        return lane == Lane.Bulk
            ? (MemberKey.Extent(new Guid(seed, 0, 0, new byte[8]), (long)_unique << 23), body)
            : (MemberKey.Blob(BlobHash.Compute(body)), body);
    }

    private string Line(long sequence) => $"{{\"seq\":{sequence},\"k\":\"test\",\"try\":{++_unique}}}";

    private static long SequenceOf(string line) =>
        JournalLines.TryReadSequence(Encoding.UTF8.GetBytes(line), out long sequence) ? sequence : throw new FormatException(line);
}
