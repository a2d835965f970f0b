using System.IO.Pipelines;
using Hutch.Federation.Wire;
using Hutch.Site.Write.Pushes;

namespace Hutch.Federation.Copies;

/// <summary>A site from which files of a copy come, one part after the other. Nothing is believed: each file must have its hash.</summary>
internal sealed class BlobSource(
    IHomePeer peer, CopyIntake intake, SiteSession session, PriorTransfers sent, CopyProgressReporter reporter, PartBuffer slots,
    TimeProvider time)
{
    /// <summary>Less than this is not taken away from a source that has begun with it, unless it has had it for long.</summary>
    private const long LeastRestBytes = 1 << 20;

    /// <summary>A source that sends less than this before it loses a part counts as a failed attempt.</summary>
    private const long LeastHoldBytes = 1 << 20;

    private const int MaxDoublings = 10;

    /// <summary>So many files that a source leaves out are asked for alone, so that it says why.</summary>
    private const int MaxRequestedAlone = 100;

    /// <summary>So long a source has a part for itself, twice as long after each turn in vain.</summary>
    private static readonly TimeSpan LeastHold = TimeSpan.FromSeconds(1);

    /// <summary>After this time, a part may go to a source of unknown rate.</summary>
    private static readonly TimeSpan StealAfter = TimeSpan.FromSeconds(30);

    private static readonly HutchError NotRequested = ErrorCode.Gone.With("It was left out, as many others are.");

    private readonly Lock _gate = new();
    private readonly SourceRate _rate = new(time);
    private BlobPart? _part;
    private volatile LargeFile? _file;
    private CancellationTokenSource? _stop;
    private TaskCompletionSource<BlobPart?>? _successor;
    private long _since;
    private long _came;
    private int _askedAlone;

    public IHomePeer Peer => peer;

    /// <summary>Bytes a second; null before there was enough to say.</summary>
    public double? Rate
    {
        get
        {
            lock (_gate)
            {
                return _rate.Value;
            }
        }
    }

    /// <summary>
    /// Takes over the rest of the part, if the idle source is at least twice as fast, or was never tried and this source has had the part
    /// for long. Null if not, or if this source sent all of it during this time.
    /// </summary>
    public async Task<BlobPart?> TryTakeOverAsync(BlobSource idle, CancellationToken ct)
    {
        double? fast = idle.Rate;
        TaskCompletionSource<BlobPart?> successor = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_part is null || _successor is not null || !MayGo(_part, fast))
            {
                return null;
            }

            _part.FailedAttempts = _came < LeastHoldBytes ? Math.Min(_part.FailedAttempts + 1, MaxDoublings) : 0;

            // What ends by this runs elsewhere, and not under the lock.
            _successor = successor;
            _ = _stop!.CancelAsync();
        }

        return await successor.Task.WaitAsync(ct);
    }

    /// <summary>Brings a part. What of it is here stays here.</summary>
    public async Task<PartOutcome> BringAsync(BlobPart part, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        lock (_gate)
        {
            (_part, _stop, _since, _came) = (part, stop, time.GetTimestamp(), 0);
            _rate.Begin();
        }

        PartOutcome outcome = PartOutcome.HandedOver;
        try
        {
            return outcome = await TryAsync(part, stop.Token);
        }
        catch (Exception e) when (stop.IsCancellationRequested && !ct.IsCancellationRequested
            && e is OperationCanceledException or IOException or HttpRequestException)
        {
            return outcome;
        }
        catch (HutchException e)
        {
            return outcome = ClassifyRefusal(e.Error);
        }
        catch (Exception e) when (IsOfConnection(e, ct))
        {
            return outcome = PartOutcome.FaultOfSource(Broke(e));
        }
        finally
        {
            TaskCompletionSource<BlobPart?>? successor;
            lock (_gate)
            {
                _rate.End();
                (successor, _part, _stop, _successor) = (_successor, null, null, null);
            }

            part.IsRest |= outcome.End != PartEnd.Whole;
            successor?.SetResult(outcome.End == PartEnd.HandedOver ? part : null);
        }
    }

    /// <summary>
    /// Brings parts of a large file that another source sends, while there are such parts and no other task. Returns true if there were
    /// any, and the fault of this source.
    /// </summary>
    public Task<(bool Helped, HutchError? Fault)> HelpAsync(BlobSource other, Func<bool> hasOther, CancellationToken ct) =>
        other._file?.HelpAsync(this, hasOther, ct) ?? Task.FromResult((false, (HutchError?)null));

    /// <summary>From now on it sends, or is waited for.</summary>
    public void BeginRate()
    {
        lock (_gate)
        {
            _rate.Begin();
        }
    }

    /// <summary>It has nothing to send for now.</summary>
    public void EndRate()
    {
        lock (_gate)
        {
            _rate.End();
        }
    }

    public void NoteRate(long bytes)
    {
        lock (_gate)
        {
            _rate.AddSample(bytes);
        }
    }

    /// <summary>Makes a refusal of the other site its fault, whatever its code: a full disk there is not a full disk here.</summary>
    public HutchError Refused(HutchError why) =>
        why.Code == ErrorCode.Unavailable ? why : ErrorCode.Unavailable.With($"From {peer.Name}: {why.Message}");

    /// <summary>True if the exception means a broken connection. A timeout cancels without a cancellation of this token.</summary>
    public static bool IsOfConnection(Exception e, CancellationToken ct) =>
        e is IOException or HttpRequestException || (e is OperationCanceledException && !ct.IsCancellationRequested);

    public HutchError Broke(Exception e) => HomeFault.Broke(peer, e);

    private bool MayGo(BlobPart part, double? fast)
    {
        TimeSpan held = time.GetElapsedTime(_since);
        bool isLong = held >= StealAfter;
        return !part.IsOfOne && held >= LeastHold * (1 << part.FailedAttempts) && (fast is null ? isLong
            : _rate.Value is { } slow && slow * 2 <= fast && (isLong || part.Bytes - _came >= LeastRestBytes));
    }

    /// <summary>
    /// Assigns the fault for a refusal by the intake: wrong bytes are the fault of the other site. All else is a fault of this site, which
    /// another source cannot repair.
    /// </summary>
    private PartOutcome ClassifyRefusal(HutchError refusal) => refusal.Code.Status is 400 or 413 or 422
        ? PartOutcome.FaultOfSource(HomeFault.Blame(peer, refusal))
        : PartOutcome.FaultOfThisSite(refusal);

    private async Task<PartOutcome> TryAsync(BlobPart part, CancellationToken ct)
    {
        IReadOnlyList<(BlobHash Page, NamedBlob Blob)> blobs = part.Blobs;
        if (part.IsRest)
        {
            Result<HashSet<BlobHash>> lacking = await intake.FindLackingAsync(
                session, [.. blobs.Select(static one => one.Blob.Hash)], sent.HasBlob, ct);
            if (!lacking.IsOk)
            {
                return PartOutcome.FaultOfThisSite(lacking.Error);
            }

            blobs = [.. blobs.Where(one => lacking.Value.Contains(one.Blob.Hash))];
        }

        return blobs.Count == 0 ? PartOutcome.Whole
            : BlobTransfer.IsLarge(blobs[0].Blob) ? await FetchLargeAsync(part, blobs[0].Page, blobs[0].Blob, ct)
            : await FetchSmallAsync(blobs, ct);
    }

    /// <summary>
    /// Brings small files. A file that the source leaves out is requested alone: it comes, or the source gives the reason.
    /// </summary>
    private async Task<PartOutcome> FetchSmallAsync(IReadOnlyList<(BlobHash Page, NamedBlob Blob)> blobs, CancellationToken ct)
    {
        var left = new HashSet<BlobHash>();
        PartOutcome came = await FetchAsync(blobs, left, ct);
        if (left.Count == 0)
        {
            return came;
        }

        List<MissingBlob> lacked = [];
        foreach ((BlobHash page, NamedBlob blob) in blobs.Where(one => left.Contains(one.Blob.Hash)))
        {
            PartOutcome alone = _askedAlone++ < MaxRequestedAlone
                ? await FetchAsync([(page, blob)], left, ct) : Lacks(page, blob, NotRequested);
            if (alone.End is not (PartEnd.Whole or PartEnd.Lacking))
            {
                return alone;
            }

            lacked.AddRange(alone.Lacked ?? []);
        }

        return lacked.Count == 0 ? PartOutcome.Whole : PartOutcome.Lacking(lacked);
    }

    private PartOutcome Lacks(BlobHash page, NamedBlob blob, HutchError why) => PartOutcome.Lacking([new(page, blob, peer.Name, why)]);

    private async Task<PartOutcome> FetchAsync(
        IReadOnlyList<(BlobHash Page, NamedBlob Blob)> blobs, HashSet<BlobHash> left, CancellationToken ct)
    {
        PageBlobs[] wanted = [.. blobs.GroupBy(static one => one.Page, static one => one.Blob.Hash).Select(
            static page => new PageBlobs(page.Key, [.. page]))];
        var expected = blobs.ToDictionary(static one => one.Blob.Hash, static one => one.Blob.Size);
        Result<Stream> opened = await peer.BlobsAsync(session.Dataset, wanted, ct);
        if (!opened.IsOk)
        {
            return blobs is [var only] && CopyOffers.IsOfFile(opened.Error)
                ? Lacks(only.Page, only.Blob, opened.Error)
                : PartOutcome.FaultOfSource(Refused(opened.Error));
        }

        await using var stream = new ProgressStream(opened.Value, reporter, expected.Values.Sum(), came =>
        {
            AddSample(came);
            NoteRate(came);
        });
        PipeReader body = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 << 10, leaveOpen: true));
        try
        {
            Result<Done> received = await intake.ReceiveAsync(session, body, expected, ct);
            if (received.IsOk && blobs.Count > 1)
            {
                left.UnionWith(expected.Keys);
                return PartOutcome.Whole;
            }

            return !received.IsOk ? ClassifyRefusal(received.Error)
                : expected.Count == 0 ? PartOutcome.Whole
                : ClassifyRefusal(ErrorCode.Unprocessable.With($"It did not send {expected.Keys.First()}, which its own tree names."));
        }
        finally
        {
            await body.CompleteAsync();
            reporter.SubtractReceived(stream.Counted);
        }
    }

    private async Task<PartOutcome> FetchLargeAsync(BlobPart part, BlobHash page, NamedBlob blob, CancellationToken ct)
    {
        Result<UploadState> reached = await intake.ReachedAsync(session, blob.Hash, ct);
        if (!reached.IsOk || reached.Value.Hash is not null)
        {
            return reached.IsOk ? PartOutcome.Whole : PartOutcome.FaultOfThisSite(reached.Error);
        }

        // Also when all bytes are here: they were not yet compared with the hash.
        long offset = reached.Value.Offset;
        part.Senders.Add(peer.Key);
        if (offset > 0 && part.Senders.Count == 1)
        {
            part.Senders.Add(default); // The sender of the bytes so far is unknown.
        }

        reporter.NoteReached(offset);
        var file = new LargeFile(this, session.Dataset, page, blob, offset, slots, time);
        await using var stream = new ProgressStream(file, reporter, blob.Size - offset, AddSample);
        PipeReader body = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 256 << 10, leaveOpen: true));
        _file = file;
        try
        {
            Result<UploadState> now = await intake.ReceiveLargeAsync(session, blob, offset, body, ct);
            file.Judge(now is { IsOk: true, Value.Hash: not null });
            if (file.Refusal is { } why && CopyOffers.IsOfFile(why))
            {
                return Lacks(page, blob, why);
            }

            if (file.Fault is { } fault)
            {
                return PartOutcome.FaultOfSource(fault);
            }

            if (!now.IsOk)
            {
                return ClassifyRefusal(now.Error);
            }

            return now.Value.Hash is not null ? PartOutcome.Whole : await EndedEarlyAsync(page, blob, now.Value.Offset, ct);
        }
        finally
        {
            _file = null;
            await body.CompleteAsync();
            reporter.SubtractReceived(offset + stream.Counted);
        }
    }

    /// <summary>
    /// Finds the reason for an early end: a request for one more byte lets the source refuse it or report the file as missing.
    /// </summary>
    private async Task<PartOutcome> EndedEarlyAsync(BlobHash page, NamedBlob blob, long at, CancellationToken ct)
    {
        Result<Stream> next = await peer.PartAsync(session.Dataset, page, blob.Hash, at, Math.Min(at + 1, blob.Size), ct);
        if (next.IsOk)
        {
            await next.Value.DisposeAsync();
        }

        return !next.IsOk && CopyOffers.IsOfFile(next.Error)
            ? Lacks(page, blob, next.Error)
            : PartOutcome.FaultOfSource(
                ErrorCode.Unavailable.With($"{peer.Name} ended {blob.Hash} after {at} of {blob.Size} bytes. It continues later."));
    }

    private void AddSample(long bytes)
    {
        lock (_gate)
        {
            _came += bytes;
        }
    }
}

internal enum PartEnd
{
    /// <summary>All of it is here.</summary>
    Whole,

    /// <summary>The files that the source has are here; it lacks the others.</summary>
    Lacking,

    /// <summary>Another source brings the rest.</summary>
    HandedOver,

    /// <summary>The source failed, or sent wrong bytes.</summary>
    FaultOfSource,

    /// <summary>No other source mends it.</summary>
    FaultOfThisSite,
}

/// <param name="Lacked">What the source does not have; null for nothing.</param>
internal readonly record struct PartOutcome(PartEnd End, HutchError? Refusal = null, IReadOnlyList<MissingBlob>? Lacked = null)
{
    public static PartOutcome Whole => new(PartEnd.Whole);

    public static PartOutcome Lacking(IReadOnlyList<MissingBlob> lacked) => new(PartEnd.Lacking, Lacked: lacked);

    public static PartOutcome HandedOver => new(PartEnd.HandedOver);

    public static PartOutcome FaultOfSource(HutchError why) => new(PartEnd.FaultOfSource, why);

    public static PartOutcome FaultOfThisSite(HutchError why) => new(PartEnd.FaultOfThisSite, why);
}

/// <summary>A file that a source lacks, as its answer for this file alone says.</summary>
internal readonly record struct MissingBlob(BlobHash Page, NamedBlob Blob, string Source, HutchError Refusal);
