using System.Threading.Channels;
using Hutch.Catalog.Site;
using Hutch.Datasets.Fairness;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Storage;
using Hutch.Storage.Segments;
using Microsoft.Extensions.Logging;

namespace Hutch.Datasets.Committing;

/// <summary>
/// The site's one writer. Everything that changes goes through it: it gathers what waits while the previous group is being
/// synced, lets each request decide in order, writes bytes and journal with one sync — the commit point —, makes the records
/// visible, and answers.
/// </summary>
/// <remarks>
/// Thread-safe. The decisions run one after the other inside the group's database transaction. That transaction is committed
/// only after the sync, so that nobody ever sees what is not durable; if it cannot be, the journal wins and is applied again.
/// </remarks>
public sealed partial class Committer : IAsyncDisposable
{
    private const long MaxAppendBytes = 128 << 20;

    private readonly SegmentStore _segments;
    private readonly SiteWriter _records;
    private readonly Func<MemberKey, bool> _isStored;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CommitterOptions _options;
    private readonly CommitContext _context;
    private readonly Channel<CommitRequest> _waiting;
    private readonly List<CommitRequest> _group = [];
    private readonly List<(CommitRequest Request, HutchError? Refusal)> _decided = [];
    private readonly HashSet<(MemberKey Key, Lane Lane)> _inGroup = [];
    private readonly Dictionary<Lane, SegmentGroup> _lanes = [];
    private readonly Task _loop;
    private long _lastSequence;
    private CommitRequest? _next;
    private string? _failure;

    /// <summary>Starts the committer.</summary>
    /// <param name="segments">Where bytes and journal go.</param>
    /// <param name="records">The view of the journal; used by nobody else.</param>
    /// <param name="isStored">Whether a member is stored for good already, so that it need not be written again.</param>
    /// <param name="isWhole">Whether all extents of a large blob can still be read.</param>
    /// <param name="assembled">Told which copy of a large blob stands whenever one is assembled, before anything relies on it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it tells of failures.</param>
    /// <param name="options">Limits.</param>
    public Committer(
        SegmentStore segments,
        SiteWriter records,
        Func<MemberKey, bool> isStored,
        Func<LargeBlob, bool> isWhole,
        Action<LargeBlob> assembled,
        TimeProvider time,
        ILogger logger,
        CommitterOptions options)
    {
        _segments = segments;
        _records = records;
        _isStored = isStored;
        _time = time;
        _logger = logger;
        _options = options;
        _context = new CommitContext(records, isStored, isWhole, assembled);
        _lastSequence = records.AppliedSequence;
        _waiting = Channel.CreateBounded<CommitRequest>(new BoundedChannelOptions(options.MaxWaitingRequests) { SingleReader = true });
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Raised after each group with its records, in order, once readers see them. Handlers must be quick.</summary>
    public event Action<IReadOnlyList<JournalRecord>>? Committed;

    /// <summary>Raised when the records turn out to be damaged.</summary>
    public event Action<Exception>? RecordsDamaged;

    /// <summary>Why nothing can be written until the next start; null while all is well.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    /// <summary>
    /// Lets <paramref name="decide"/> look at the records and emit new ones; returns after they, and the members, are durable.
    /// A refusal leaves nothing behind. <see cref="ErrorCode.OutcomeUnknown"/>: a sync failed; trying again is safe.
    /// </summary>
    /// <param name="decide">Runs on the committer's loop: quick, no waiting, all checks before the first record is emitted.</param>
    /// <param name="members">Bytes that the records are about; not written when stored already.</param>
    /// <param name="ct">Honoured until the request is taken into a group.</param>
    /// <param name="mayUseReserve">True for what frees space, so that it works on a full disk.</param>
    public async Task<Result<T>> CommitAsync<T>(
        Func<CommitContext, Result<T>> decide, IReadOnlyList<StagedMember> members, CancellationToken ct, bool mayUseReserve = false)
    {
        if (Failure is { } failure)
        {
            return ErrorCode.Unavailable.With(failure);
        }

        var request = new CommitRequest<T>(decide) { Members = members, MayUseReserve = mayUseReserve };
        try
        {
            await _waiting.Writer.WriteAsync(request, ct);
        }
        catch (ChannelClosedException)
        {
            return ErrorCode.Unavailable.With("The server is stopping. Try again when it is back.");
        }

        Result<T> answer = await request.Answered;
        WorkScope.Current?.NoteWritten(request.MemberBytes);
        return answer;
    }

    /// <summary>Stores members alone: extents and pages that a later commit will name. Returns after the sync.</summary>
    public Task<Result<Done>> StoreAsync(IReadOnlyList<StagedMember> members, CancellationToken ct) =>
        CommitAsync<Done>(static _ => Done.Value, members, ct);

    /// <summary>
    /// Runs something while no group is being committed and none begins: the last step of the collector, which removes segments.
    /// </summary>
    public async Task RunAloneAsync(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        var request = new AloneRequest(work, ct) { Members = [], MayUseReserve = true };
        await _waiting.Writer.WriteAsync(request, ct);
        await request.Answered;
    }

    /// <summary>Takes nothing more until the next start.</summary>
    /// <param name="why">What whoever asks is told.</param>
    public void Refuse(string why) => Interlocked.CompareExchange(ref _failure, why, null);

    /// <summary>Finishes what was taken in, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop;
        _context.Dispose();
    }

    private async Task RunAsync()
    {
        while (_next is not null || await _waiting.Reader.WaitToReadAsync())
        {
            TakeGroup();
            if (_group is [AloneRequest alone])
            {
                await alone.RunAsync();
            }
            else
            {
                await CommitOrFailAsync();
            }
        }
    }

    /// <summary>The loop outlives every failure: who waits is answered, and who comes later is told why nothing is taken any more.</summary>
    private async Task CommitOrFailAsync()
    {
        try
        {
            await CommitGroupAsync(_group);
        }
        catch (Exception e)
        {
            Fail(e);
            FaultAll(_group, e);
        }
    }

    private void TakeGroup()
    {
        _group.Clear();
        long bytes = 0;
        while (_group.Count < _options.MaxGroupRequests && (_next ?? TakeWaiting()) is { } request)
        {
            _next = null;
            bytes += request.MemberBytes;
            if (_group.Count > 0 && (bytes > _options.MaxGroupBytes || request is AloneRequest))
            {
                _next = request;
                return;
            }

            _group.Add(request);
            if (request is AloneRequest)
            {
                return;
            }
        }
    }

    private CommitRequest? TakeWaiting() => _waiting.Reader.TryRead(out CommitRequest? request) ? request : null;

    private async Task CommitGroupAsync(List<CommitRequest> group)
    {
        if (Failure is { } failure)
        {
            RefuseAll(group, ErrorCode.Unavailable.With(failure));
            return;
        }

        try
        {
            DecideAll(group);
            if (group.Count > 1 && IsTooLarge())
            {
                Forget();
                await CommitOneByOneAsync(group);
                return;
            }

            await AppendAsync();
        }
        catch (StorageFullException e)
        {
            Forget();
            await RetryOneByOneAsync(group, e);
            return;
        }
        catch (IOException e)
        {
            // The store has given the segment up at its last good group and will say so in the next one, so what was not
            // answered here is not there later either. Its sequence numbers are not used again.
            long reached = _context.Sequence;
            Forget();
            _lastSequence = reached;
            LogUnknownOutcome(_logger, group.Count, e);
            RefuseAll(group, ErrorCode.OutcomeUnknown.With("The disk did not confirm the write. It is wholly there or wholly not: send it again, that is safe."));
            return;
        }
        catch (Exception e) when (SiteDatabase.IsFailure(e))
        {
            if (SiteDatabase.IsDamage(e))
            {
                RecordsDamaged?.Invoke(e);
            }

            Forget();
            LogFault(_logger, e);
            RefuseAll(group, ErrorCode.Unavailable.With($"The records database refused the change ({e.Message}). Nothing was changed: try again, and tell the operator if it stays so."));
            return;
        }
        catch (Exception e)
        {
            Forget();
            LogFault(_logger, e);
            FaultAll(group, e);
            return;
        }

        if (Publish())
        {
            AnswerAll();
        }
        else
        {
            RefuseAll(group, ErrorCode.OutcomeUnknown.With("The write is durable but cannot be shown before the server starts again. Sending it again then is safe."));
        }
    }

    private void DecideAll(List<CommitRequest> group)
    {
        _decided.Clear();
        _inGroup.Clear();
        _lanes.Clear();
        _records.Begin();
        _context.BeginGroup(_lastSequence, _time.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (CommitRequest request in group)
        {
            Decide(request);
        }
    }

    private void Decide(CommitRequest request)
    {
        CommitContext.Mark mark = _context.MarkRequest();
        long applied = _records.AppliedSequence;
        _records.BeginOperation();
        HutchError? refusal;
        try
        {
            refusal = request.Decide(_context) ?? _context.CheckQuotas();
        }
        catch (Exception e) when (!SiteDatabase.IsFailure(e))
        {
            // A fault of one request is its own: the others of the group go on.
            _records.UndoOperation(applied);
            _context.Undo(mark);
            LogFault(_logger, e);
            request.Fault(e);
            return;
        }

        if (refusal is null)
        {
            _records.KeepOperation();
            _context.KeepRequest();
            Stage(request);
        }
        else
        {
            _records.UndoOperation(applied);
            _context.Undo(mark);
        }

        _decided.Add((request, refusal));
    }

    private void Stage(CommitRequest request)
    {
        // Once in each lane: a copy that ends by itself is no copy for what lasts.
        foreach (StagedMember member in request.Members)
        {
            if (_inGroup.Add((member.Key, member.Lane)) && (member.Moves || member.Lane.IsTransient || !_isStored(member.Key)))
            {
                Group(member.Lane).Add(member.Key, member.Body);
            }
        }
    }

    private SegmentGroup Group(Lane lane)
    {
        if (!_lanes.TryGetValue(lane, out SegmentGroup? group))
        {
            group = new SegmentGroup();
            _lanes.Add(lane, group);
        }

        return group;
    }

    /// <summary>Other lanes first: the journal in the main lane is the commit point of all.</summary>
    private async Task AppendAsync()
    {
        // A write that rides along with a delete must not eat the reserve: then all are refused, and tried one by one.
        bool mayUseReserve = _decided.TrueForAll(static one => one.Refusal is not null || one.Request.MayUseReserve);
        foreach (SegmentGroup group in _lanes.Values)
        {
            group.MayUseReserve = mayUseReserve;
        }

        foreach ((Lane lane, SegmentGroup members) in _lanes)
        {
            if (lane != Lane.Main && members.Count > 0)
            {
                await _segments.AppendAsync(lane, members, CancellationToken.None);
            }
        }

        SegmentGroup main = Group(Lane.Main);
        main.MayUseReserve = mayUseReserve;
        if (_context.Emitted.Count > 0)
        {
            main.SetJournal(_context.Journal, _context.Emitted[0].Sequence, _context.Sequence);
        }

        if (main.Count > 0 || _context.Emitted.Count > 0)
        {
            await _segments.AppendAsync(Lane.Main, main, CancellationToken.None);
        }
    }

    /// <summary>Makes the group visible; false when the database refuses, which the journal repairs at the next start.</summary>
    private bool Publish()
    {
        try
        {
            _records.Commit();
        }
        catch (Exception e)
        {
            LogRecordsFailed(_logger, e);
            if (!TryApplyAgain())
            {
                return false;
            }
        }

        _lastSequence = _context.Sequence;
        Notify();
        return true;
    }

    private bool TryApplyAgain()
    {
        try
        {
            _records.Rollback();
            _records.Begin();
            SiteJournal.Apply(_records, _context.Journal.Span);
            _records.Commit();
            return true;
        }
        catch (Exception e)
        {
            Fail(e);
            return false;
        }
    }

    private void Fail(Exception e)
    {
        LogRecordsLost(_logger, e);
        Volatile.Write(ref _failure, $"The records database cannot be written ({e.Message}). Nothing that was acknowledged is lost; the operator must look at the disk and start the server again.");
    }

    private void Notify()
    {
        if (_context.Emitted.Count == 0)
        {
            return;
        }

        try
        {
            Committed?.Invoke(_context.Emitted);
        }
        catch (Exception e)
        {
            // What listens is told again by its cursor; a fault in it must not stop the writer.
            LogFault(_logger, e);
        }
    }

    private async Task RetryOneByOneAsync(List<CommitRequest> group, StorageFullException full)
    {
        if (group.Count == 1)
        {
            group[0].Refuse(FullDisk.Refusal(full, "Nothing was stored."));
            return;
        }

        await CommitOneByOneAsync(group);
    }

    /// <summary>Whether the group has more than one append takes; what one request has is bounded by its door.</summary>
    private bool IsTooLarge() => _context.Journal.Length + _lanes.Values.Sum(static lane => lane.MemberBytes) > MaxAppendBytes;

    private async Task CommitOneByOneAsync(List<CommitRequest> group)
    {
        CommitRequest[] requests = [.. group];
        foreach (CommitRequest request in requests)
        {
            await CommitGroupAsync([request]);
        }
    }

    private void Forget()
    {
        _records.Rollback();
        _context.ForgetGroup();
    }

    private void AnswerAll()
    {
        foreach ((CommitRequest request, HutchError? refusal) in _decided)
        {
            if (refusal is null)
            {
                request.Answer();
            }
            else
            {
                request.Refuse(refusal);
            }
        }
    }

    private static void RefuseAll(List<CommitRequest> group, HutchError error)
    {
        foreach (CommitRequest request in group)
        {
            request.Refuse(error);
        }
    }

    private static void FaultAll(List<CommitRequest> group, Exception exception)
    {
        foreach (CommitRequest request in group)
        {
            request.Fault(exception);
        }
    }
}
