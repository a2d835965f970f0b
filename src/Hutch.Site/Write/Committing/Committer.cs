using System.Threading.Channels;
using Hutch.Site.Platform.Fairness;

namespace Hutch.Site.Write.Committing;

/// <summary>
/// The one writer of this process; every change passes through it. It gathers the requests that wait while the previous group is being
/// appended, takes the lock of the log and applies the groups of other servers. It then lets each request decide in order, appends bytes
/// and journal to the log — the commit point —, makes the records visible, and answers.
/// </summary>
/// <remarks>
/// Thread-safe. This is group commit (DeWitt et al., SIGMOD 1984): a sync takes 0.1 to 10 ms however much it covers, so requests that come
/// during one share the next. There is no delay to let more come, as the previous sync is that delay. A single task does everything:
/// commits on the callers' threads were measured to be a fifth slower with six connections (decision 0042). <para> The decisions run in
/// order inside the group's database transaction, so that each sees those before it. That transaction is committed only after the append,
/// so that no reader sees a change that is not durable. If it cannot be committed, the journal wins and is applied again. SQLite need not
/// sync: losses in a crash are replayed from the log. </para>
/// </remarks>
public sealed partial class Committer : IAsyncDisposable
{
    private readonly ISiteLog _log;
    private readonly SiteWriter _records;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CommitterOptions _options;
    private readonly HomeTakeoverWait? _takeover;
    private readonly CommitContext _context;
    private readonly GroupDecision _decision;
    private readonly RecordsPublisher _publisher;
    private readonly Channel<CommitRequest> _waiting;
    private readonly List<CommitRequest> _group = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private Task _following = Task.CompletedTask;
    private Task _recovering = Task.CompletedTask;
    private long _applied;
    private long _reached;
    private Exception? _unknown;
    private CommitRequest? _next;
    private string? _failure;

    /// <param name="log">The log for bytes and journal.</param>
    /// <param name="records">The database view of the journal, for the committer alone.</param>
    /// <param name="isStored">
    /// Returns true if a member is already stored in a lane that lasts, so that it need not be written again.
    /// </param>
    /// <param name="isWhole">Returns true if all extents of a large blob can still be read.</param>
    /// <param name="assembled">Called with the effective copy of each assembled large blob, before anything relies on it.</param>
    /// <param name="relied">Called with a member that was found stored, and that a record is about to name.</param>
    public Committer(
        ISiteLog log,
        SiteWriter records,
        Func<MemberKey, bool> isStored,
        Func<LargeBlob, bool> isWhole,
        Action<LargeBlob> assembled,
        Action<MemberKey> relied,
        TimeProvider time,
        ILogger logger,
        CommitterOptions options,
        HomeTakeoverWait? takeover)
    {
        _log = log;
        _records = records;
        _time = time;
        _logger = logger;
        _options = options;
        _takeover = takeover;
        _context = new CommitContext(records, IsRelied, isWhole, RelyOnBlob, RelyOn);
        _applied = records.AppliedSequence;
        _publisher = new RecordsPublisher(records, _context, Notify, time, logger);
        _decision = new GroupDecision(records, _context, IsRelied, e => LogFault(_logger, e));

        // Bounded: when the disk is slow, writers wait to get in (backpressure) and the queue stays within memory.
        _waiting = Channel.CreateBounded<CommitRequest>(new BoundedChannelOptions(options.MaxWaitingRequests) { SingleReader = true });
        _loop = Task.Run(RunAsync);

        // The group lists the members that its decisions rely on, so that a collector at another server learns of them.
        bool IsRelied(MemberKey key)
        {
            bool found = isStored(key);
            if (found)
            {
                _decision!.Group.RelyOn(key);
            }

            return found;
        }

        void RelyOn(MemberKey key)
        {
            relied(key);
            _decision!.Group.RelyOn(key);
        }

        void RelyOnBlob(LargeBlob blob)
        {
            assembled(blob);
            _decision!.Group.RelyOn(MemberKey.Blob(blob.Hash));
        }
    }

    /// <summary>
    /// Refuses changes of a dataset, except compactions, until the result is disposed: for the moments in which its home gives up.
    /// </summary>
    internal IDisposable PauseWrites(DatasetId dataset) => new WritePause(_context, dataset);

    /// <summary>
    /// Raised after each group, of this server or another, with its records in order, once readers see them. Handlers must be quick.
    /// </summary>
    public event Action<IReadOnlyList<JournalRecord>>? Committed;

    /// <summary>Raised when the records are found to be damaged.</summary>
    public event Action<Exception>? RecordsDamaged;

    /// <summary>The reason that nothing can be written until the next start; null while writes work.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    /// <summary>True while a write that is durable waits for space to become visible, and all others are refused.</summary>
    public bool WaitsForSpace => _publisher.WaitsForSpace;

    /// <summary>
    /// Lets <paramref name="decide"/> read the records and emit new ones; returns after they, and the members, are durable. A refusal
    /// leaves no changes. <see cref="ErrorCode.OutcomeUnknown"/>: a sync failed; a retry is safe.
    /// </summary>
    /// <param name="decide">Runs in the committer's loop: quick, no waiting, all checks before the first record is emitted.</param>
    /// <param name="members">The bytes that the records name; not written when stored already.</param>
    /// <param name="ct">Honoured until the request is taken into a group.</param>
    /// <param name="mayUseReserve">True for requests that free space, so that they work on a full disk.</param>
    public async Task<Result<T>> CommitAsync<T>(
        Func<CommitContext, Result<T>> decide, IReadOnlyList<StagedMember> members, CancellationToken ct, bool mayUseReserve = false)
    {
        Result<T> answer = await CommitOnceAsync(decide, members, mayUseReserve, ct);
        return _takeover is not { } takeover || HomeRule.CopyOf(answer) is not { } copy
            ? answer
            : await takeover.AwaitAsync(
                copy, answer, this, () => CommitOnceAsync(decide, members, mayUseReserve, ct), _time, ct);
    }

    private async Task<Result<T>> CommitOnceAsync<T>(
        Func<CommitContext, Result<T>> decide, IReadOnlyList<StagedMember> members, bool mayUseReserve, CancellationToken ct)
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

        // Without the token from here on: the request may be durable already, and its group is other people's too.
        Result<T> answer = await request.Answered;
        RequestScope.Current?.NoteWritten(request.MemberBytes);
        return answer;
    }

    /// <summary>Stores members alone: extents and pages that a later commit will name. Returns after the sync.</summary>
    public Task<Result<Done>> StoreAsync(IReadOnlyList<StagedMember> members, CancellationToken ct) =>
        CommitAsync<Done>(static _ => Done.Value, members, ct);

    /// <summary>Returns when the records have everything that was appended before the call, by any server.</summary>
    public Task<Result<Done>> CatchUpAsync(CancellationToken ct) => CommitAsync<Done>(static _ => Done.Value, [], ct, mayUseReserve: true);

    /// <summary>
    /// Runs work while no group is being committed and none begins: the last step of the collector, which removes segments.
    /// </summary>
    public async Task RunExclusiveAsync(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        var request = new ExclusiveRequest(work, ct) { Members = [], MayUseReserve = true };
        await _waiting.Writer.WriteAsync(request, ct);
        await request.Answered;
    }

    /// <summary>Refuses all requests until the next start.</summary>
    /// <param name="why">The reason in the answer to later requests.</param>
    public void Fail(string why) => Interlocked.CompareExchange(ref _failure, why, null);

    /// <summary>Begins to apply the groups of other servers. Call it once all handlers of <see cref="Committed"/> are added.</summary>
    internal void Follow() => _following = FollowAsync(_stop.Token);

    /// <summary>Finishes the accepted requests, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following;
        _waiting.Writer.TryComplete();
        await _loop;
        await _recovering;
        _context.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (_next is not null || await _waiting.Reader.WaitToReadAsync())
        {
            CollectGroup();
            if (_group is [ExclusiveRequest alone])
            {
                await alone.RunAsync();
            }
            else
            {
                await CommitOrFailAsync();
            }
        }
    }

    /// <summary>Survives every failure: waiting requests are answered, and later ones get the reason of the refusal.</summary>
    private async Task CommitOrFailAsync()
    {
        try
        {
            await CommitGroupAsync(_group);
        }
        catch (Exception e)
        {
            Fail(e);
            _group.ForEach(request => request.Fault(e));
        }
    }

    private void CollectGroup()
    {
        _group.Clear();
        FillGroup();
    }

    /// <summary>Adds waiting requests to the group, up to its limit.</summary>
    private void FillGroup()
    {
        long bytes = _group.Sum(static request => request.MemberBytes);
        while (_group.Count < _options.MaxGroupRequests && (_next ?? TryDequeue()) is { } request)
        {
            _next = null;
            bytes += request.MemberBytes;
            if (_group.Count > 0 && (bytes > _options.MaxGroupBytes || request is ExclusiveRequest))
            {
                // The channel cannot take it back: it leads the next group, so that requests keep their order.
                _next = request;
                return;
            }

            _group.Add(request);
            if (request is ExclusiveRequest)
            {
                return;
            }
        }
    }

    private CommitRequest? TryDequeue() => _waiting.Reader.TryRead(out CommitRequest? request) ? request : null;
}
