using System.Collections.Immutable;
using System.Globalization;
using Hutch.Client;
using Hutch.Client.Http;
using Hutch.Contracts;
using Hutch.Disk;
using Hutch.Model.Analyses;

namespace Hutch.Worker;

/// <summary>
/// The leases of a server over HTTP. It extends them as long as <see cref="ExtendLeasesAsync"/> runs. While the server is away it retries
/// with growing delays, and computed results wait with it.
/// </summary>
/// <param name="server">The server, with a token of the scope <c>work</c>.</param>
/// <param name="name">The name of this process, unique among those with the same token.</param>
/// <param name="ns">The namespace to which it is restricted; null for that of the token.</param>
/// <param name="tell">Receives a message when the connection is lost, and when it returns.</param>
public sealed class RemoteFrameLeases(
    HutchClient server, string name, string? ns, TimeProvider time, Action<string> tell) : IFrameLeaseSource
{
    /// <summary>The number of extensions of a lease during its time.</summary>
    private const int BeatsPerLife = 3;

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReturnLimit = TimeSpan.FromSeconds(5);
    private static readonly RetryPolicy Retry = new() { MaxDelay = TimeSpan.FromSeconds(10) };

    /// <summary>A lease with which nothing happens for so long is not spoken up for: its step hangs.</summary>
    private static readonly TimeSpan StuckAfter = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<Guid, HeldLease> _heldLease = new();
    private readonly ConcurrentDictionary<Guid, SemaphoreSlim> _polls = new();
    private readonly WakeSignal _anyLease = new();

    private long _frames;
    private int _isAway;

    public long Frames => Interlocked.Read(ref _frames);

    /// <summary>The foreign steps that the server offers as long as this worker asks for frames.</summary>
    public IReadOnlyList<StepDeclaration> Steps { get; init; } = [];

    public int FramesPerLease => 4;

    public int ReadAhead => 1;

    /// <summary>Speaks up for the leases that this worker has, until cancelled.</summary>
    public async Task ExtendLeasesAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan life = _heldLease.Values.Select(heldLease => heldLease.Life).DefaultIfEmpty(TimeSpan.Zero).Min();
            if (life == TimeSpan.Zero)
            {
                await _anyLease.WaitAsync(cancellationToken);
                continue;
            }

            await Task.Delay(life / BeatsPerLife, time, cancellationToken);
            string[] leases =
            [
                .. _heldLease.Values.Where(heldLease => time.GetElapsedTime(heldLease.Progress) < StuckAfter).Select(
                    heldLease => heldLease.Id),
            ];
            if (leases.Length > 0)
            {
                await BeatAsync(leases, life, cancellationToken);
            }
        }
    }

    public async Task<FrameLease?> LeaseFirstAsync(
        IReadOnlyCollection<Guid> known, IReadOnlySet<string> programs, CancellationToken cancellationToken)
    {
        TakeWork wanted = CreateRequest() with
        {
            Except = [.. known.Select(Text)],
            Programs = [.. programs],
            Steps = Steps.Count > 0 ? Steps : null,
        };
        TakenFrames taken = await UntilAnsweredAsync(ct => server.LeaseFramesAsync(wanted, ct), cancellationToken);
        return taken.Lease is { } lease ? Track(lease) : null;
    }

    public async ValueTask<FrameLease?> LeaseNextAsync(FrameLease previous, CancellationToken cancellationToken)
    {
        TakeWork wanted = CreateRequest() with { Run = Text(previous.Run), Programs = [previous.Program], Frames = FramesPerLease };

        // One question a run is enough: the loops take turns.
        SemaphoreSlim gate = _polls.GetOrAdd(previous.Run, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                TakenFrames taken = await UntilAnsweredAsync(ct => server.LeaseFramesAsync(wanted, ct), cancellationToken);
                if (taken.Lease is { } lease)
                {
                    return Track(lease);
                }

                if (taken.Over == true)
                {
                    _polls.TryRemove(previous.Run, out _);
                    return null;
                }
            }
        }
        finally
        {
            gate.Release();
        }
    }

    public IDisposable? Enter(FrameLease lease) => null;

    public async Task<Result<EntryBytes?>> ReadEntryAsync(FrameLease lease, string path, int maxBytes, CancellationToken cancellationToken)
    {
        Result<byte[]?> file = await OfLeaseAsync(
            lease, ct => server.ReadLeasedEntryAsync(Text(lease.Id), path, maxBytes, ct), cancellationToken);
        return file.Then<EntryBytes?>(bytes => bytes is null ? null : EntryBytes.From(bytes));
    }

    public Task ReadFrameAsync(
        FrameLease lease, StoredFrame frame, FrameBuffer buffer, long maxBytes, CancellationToken cancellationToken)
    {
        Memory<byte> into = buffer.Take(frame.Entry.Size, maxBytes);
        var leased = new LeasedFrame { Number = frame.Number, Size = frame.Entry.Size, Hash = frame.Entry.Hash };
        return OfLeaseAsync(lease, ct => server.ReadLeasedFrameAsync(Text(lease.Id), leased, into, ct), cancellationToken);
    }

    public Task PutFileAsync(FrameLease lease, int frame, StepFile file, CancellationToken cancellationToken)
    {
        return OfLeaseAsync(
            lease, ct => server.PutLeasedFileAsync(Text(lease.Id), file.PathOf(frame), file.MediaType, file.Bytes, ct), cancellationToken);
    }

    public async ValueTask GiveAsync(FrameLease lease, IReadOnlyList<FrameResult> rows, CancellationToken cancellationToken)
    {
        var given = new GiveRows { Rows = [.. rows.Select(row => row.Row)] };
        await OfLeaseAsync(lease, ct => server.GiveRowsAsync(Text(lease.Id), given, ct), cancellationToken);
        Interlocked.Add(ref _frames, rows.Count);
        if (_heldLease.TryGetValue(lease.Id, out HeldLease? heldLease) && heldLease.Done(rows.Count))
        {
            _heldLease.TryRemove(lease.Id, out _);
        }
    }

    public Task ReturnAsync(FrameLease lease, CancellationToken cancellationToken)
    {
        _heldLease.TryRemove(lease.Id, out _);
        return SendOnceAsync(ct => server.ReturnLeaseAsync(Text(lease.Id), ct), cancellationToken);
    }

    /// <summary>Says that this worker ends. If the server does not hear it, it sees so after a while.</summary>
    public Task LeaveAsync(CancellationToken cancellationToken) => SendOnceAsync(ct => server.LeaveWorkAsync(name, ct), cancellationToken);

    public Task FailRunAsync(FrameLease lease, HutchError reason, CancellationToken cancellationToken)
    {
        _heldLease.TryRemove(lease.Id, out _);
        return OfLeaseAsync(lease, ct => server.FailRunAsync(Text(lease.Id), reason.Message, ct), cancellationToken);
    }

    /// <summary>Sends once a report that only speeds up what the server would find out without it.</summary>
    private static async Task SendOnceAsync(Func<CancellationToken, Task> say, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ReturnLimit);
        try
        {
            await say(limit.Token);
        }
        catch (Exception e) when (IsPassing(e) || e is OperationCanceledException or HutchException)
        {
            // It is only sooner with it.
        }
    }

    private async Task BeatAsync(string[] leases, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var trying = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        trying.CancelAfter(limit);
        try
        {
            // Behind a proxy it may take several tries to come to the server that handed them out.
            LostLeases lost = await UntilAnsweredAsync(ct => server.ExtendLeasesAsync(leases, ct), trying.Token);
            foreach (string lease in lost.Lost)
            {
                _heldLease.TryRemove(Guid.ParseExact(lease, "N"), out _);
            }
        }
        catch (Exception e) when (IsPassing(e)
            || (e is OperationCanceledException or HutchException && !cancellationToken.IsCancellationRequested))
        {
            // Other requests report the outage. The next beat may come through in time.
        }
    }

    private Task<bool> OfLeaseAsync(FrameLease lease, Func<CancellationToken, Task> act, CancellationToken cancellationToken)
    {
        return OfLeaseAsync(lease, ActAsync, cancellationToken);

        async Task<bool> ActAsync(CancellationToken ct)
        {
            await act(ct);
            return true;
        }
    }

    /// <summary>Asks something of a lease, until there is an answer.</summary>
    private async Task<T> OfLeaseAsync<T>(FrameLease lease, Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            T answer = await UntilAnsweredAsync(ask, cancellationToken);
            if (_heldLease.TryGetValue(lease.Id, out HeldLease? heldLease))
            {
                heldLease.Progress = time.GetTimestamp();
            }

            return answer;
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound)
        {
            _heldLease.TryRemove(lease.Id, out _);
            throw new LeaseLostException(e.Error.Message);
        }
    }

    private async Task<T> UntilAnsweredAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        for (int failures = 1; ; failures++)
        {
            string reason;
            using var trying = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            trying.CancelAfter(AnswerLimit);
            try
            {
                T answer = await ask(trying.Token);
                if (Interlocked.Exchange(ref _isAway, 0) == 1)
                {
                    tell("The server is back.");
                }

                return answer;
            }
            catch (Exception e) when (IsPassing(e))
            {
                reason = e.Message;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                reason = $"{server.Remote} has not answered in time.";
            }

            if (Interlocked.Exchange(ref _isAway, 1) == 0)
            {
                tell($"{reason.TrimEnd('.')}; waiting until it does.");
            }

            // Waiting workers must not come back all at once.
            TimeSpan delay = Retry.DelayAfter(failures);
            double spread = 0.5 + (((uint)HashCode.Combine(name, delay) % 1000) / 1000.0);
            await Task.Delay(delay * spread, time, cancellationToken);
        }
    }

    private static bool IsPassing(Exception e) =>
        RetryClassifier.CanPass(e) && (e as HutchException)?.Error.Code != ErrorCode.Quarantined;

    private TakeWork CreateRequest() => new()
    {
        Worker = name,
        Namespace = ns,
        Version = StepDeclaration.ProductVersion,
        Frames = 1,
        WaitSeconds = (int)Wait.TotalSeconds,
    };

    private FrameLease Track(LeaseInfo lease)
    {
        var heldLease = new HeldLease(lease.Id, TimeSpan.FromSeconds(lease.Seconds), lease.Frames.Count) { Progress = time.GetTimestamp() };
        Guid id = Guid.ParseExact(lease.Id, "N");
        _heldLease[id] = heldLease;
        _anyLease.Wake();
        return new FrameLease
        {
            Id = id,
            Run = Guid.ParseExact(lease.Run, "N"),
            Program = lease.Program,
            Parameters = lease.Parameters,
            Life = heldLease.Life,
            Frames =
            [
                .. lease.Frames.Select(frame => new StoredFrame(frame.Number, Entry.File(frame.Hash, frame.Size) with
                {
                    UserMetadata = frame.Metadata?.ToImmutableSortedDictionary(StringComparer.Ordinal),
                })),
            ],
        };
    }

    private static string Text(Guid id) => id.ToString("N", CultureInfo.InvariantCulture);

    private sealed class HeldLease(string id, TimeSpan life, int frames)
    {
        private int _open = frames;

        public string Id => id;

        public TimeSpan Life => life;

        public long Progress { get; set; }

        /// <summary>Counts rows that were given; whether all were.</summary>
        public bool Done(int rows) => Interlocked.Add(ref _open, -rows) <= 0;
    }
}
