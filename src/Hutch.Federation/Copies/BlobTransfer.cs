using Hutch.Federation.Wire;

namespace Hutch.Federation.Copies;

/// <summary>
/// Brings the files that pages name and this site lacks: many in one stream, large ones one by one from where they stopped; from the home,
/// and from other sites that have a copy, at the same time. See docs/design/federation.md (several sources).
/// </summary>
internal sealed class BlobTransfer(
    IHomePeer home, CopyIntake intake, SiteSession session, PageTransfer pages, PriorTransfers sent, CopyProgressReporter reporter,
    TimeProvider time)
{
    /// <summary>Small files that are asked for together where several sites send.</summary>
    private const long SharedBytes = 32 << 20;

    /// <summary>The interval at which an idle source checks for much slower ones.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(BlobHash Page, NamedBlob Blob)> _batch = [];
    private bool _hasReportedLocal;

    public IReadOnlyList<IHomePeer> Others { get; init; } = [];

    /// <summary>Receives a site that sends nothing more, and the reason, while others continue.</summary>
    public Action<IHomePeer, HutchError> LeftOut { get; init; } = static (_, _) => { };

    /// <summary>The memory for parts of large files that come before their turn.</summary>
    public PartBuffer Buffer { get; init; } = new(8);

    public async Task<Result<Done>> RunAsync(CancellationToken ct)
    {
        Result<Done> reported = await reporter.ReportAsync(isForced: true, ct);
        if (!reported.IsOk)
        {
            return reported;
        }

        await sent.ReadBlobsAsync(pages.All, ct);
        BlobSource[] sources =
            [.. Others.Prepend(home).Select(peer => new BlobSource(peer, intake, session, sent, reporter, Buffer, time))];
        using var queue = new BlobQueue(sources);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<PartOutcome>[] bringing = [.. sources.Select(source => TryFetchAsync(source, sources, queue, over, ct))];
        Task<Result<Done>> looking = CheckLocalAsync(queue, over.Token);
        Task<PartOutcome[]> brought = Task.WhenAll(bringing);
        try
        {
            // The check waits for free space in the queue, which never comes when no site sends any more.
            if (await Task.WhenAny(looking, brought) == looking && await looking is { IsOk: false } refusal)
            {
                return refusal;
            }

            PartOutcome[] ends = await brought;
            return Array.Exists(ends, static end => end.End == PartEnd.Whole)
                ? (await looking).Then<Done>(_ => CheckComplete() is { } why ? why : Done.Value)
                : (Array.Find(ends, static end => end.End == PartEnd.FaultOfThisSite).Refusal ?? ends[0].Refusal)!;
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll([looking, brought]).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>True if all available files came and others are not available.</summary>
    public bool HasAllOthers { get; private set; }

    /// <summary>Refuses to report a complete copy while files are missing: readers rely on that report.</summary>
    private HutchError? CheckComplete()
    {
        HasAllOthers = reporter.Failures is not null;
        return reporter.Failures is { } lacking
            ? ErrorCode.Unavailable.With(
                $"{lacking.Count} of its {pages.Files} files cannot be had{(lacking.Count < pages.Files ? "; all others are here" : "")}.")
            : null;
    }

    /// <summary>True if a file is requested alone and continues where it stopped.</summary>
    internal static bool IsLarge(NamedBlob blob) => blob.Size > CopyIntake.MaxWholeBytes;

    private async Task<PartOutcome> TryFetchAsync(
        BlobSource source, BlobSource[] all, BlobQueue queue, CancellationTokenSource over, CancellationToken ct)
    {
        try
        {
            return await FetchAsync(source, all, queue, over);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            // The result is not used any more; the reason is reported elsewhere.
            return PartOutcome.FaultOfSource(ErrorCode.Unavailable.With("It was stopped, and continues later."));
        }
        catch
        {
            // No source has its part now: the others must not wait for that.
            await over.CancelAsync();
            throw;
        }
    }

    /// <summary>Brings parts from a site until all are here; else the fault for which it sends nothing more.</summary>
    private async Task<PartOutcome> FetchAsync(BlobSource source, BlobSource[] all, BlobQueue queue, CancellationTokenSource over)
    {
        bool isHome = source == all[0];
        if (!isHome)
        {
            // The home begins: a dataset that is followed has mostly one new file, and another site may be slow.
            await _begun.Task.WaitAsync(over.Token);
        }

        while (true)
        {
            (BlobPart? part, HutchError? fault) = await NextAsync(source, all, queue, over.Token);
            if (fault is not null)
            {
                await LeaveAsync(source, fault, all, queue, over.Token);
                return PartOutcome.FaultOfSource(fault);
            }

            if (part is null)
            {
                break;
            }

            _begun.TrySetResult();
            PartOutcome came = await source.BringAsync(part, over.Token);
            switch (came.End)
            {
                case PartEnd.Whole:
                    reporter.AddReceived(part.Blobs.Select(static one => one.Blob));
                    queue.Done();
                    break;
                case PartEnd.HandedOver:
                    break;
                case PartEnd.Lacking:
                    HashSet<BlobHash> lacked = [.. came.Lacked!.Select(static one => one.Blob.Hash)];
                    reporter.AddReceived(part.Blobs.Select(static one => one.Blob).Where(blob => !lacked.Contains(blob.Hash)));
                    await ReturnAsync(part.Without(source, came.Lacked!), queue, over.Token);
                    break;
                case PartEnd.FaultOfSource when IsUnclear(part, came.Refusal!):
                    // It has come for nothing, and comes again from one.
                    part.IsOfOne = true;
                    await ReturnAsync(part, queue, over.Token);
                    break;
                case PartEnd.FaultOfSource:
                    await LeaveAsync(source, came.Refusal!, all, queue, over.Token);
                    await ReturnAsync(part, queue, over.Token);
                    return came;
                default:
                    await over.CancelAsync();
                    return came;
            }
        }

        _begun.TrySetResult();
        return PartOutcome.Whole;
    }

    /// <summary>True if several sources sent bytes of a file with a wrong hash: this proves the fault of none of them.</summary>
    private static bool IsUnclear(BlobPart part, HutchError fault)
    {
        if (fault.Code != ErrorCode.DigestMismatch)
        {
            return false;
        }

        int senders = part.Senders.Count;
        part.Senders.Clear();
        return senders > 1;
    }

    private async Task LeaveAsync(BlobSource source, HutchError why, BlobSource[] all, BlobQueue queue, CancellationToken ct)
    {
        foreach (BlobPart part in queue.Leave(source))
        {
            await FailAsync(part, queue, ct);
        }

        if (all.Length > 1)
        {
            LeftOut(source.Peer, why);
        }
    }

    private async Task ReturnAsync(BlobPart part, BlobQueue queue, CancellationToken ct)
    {
        if (!queue.TryReturn(part))
        {
            await FailAsync(part, queue, ct);
        }
    }

    /// <summary>No site that sends has these files.</summary>
    private async Task FailAsync(BlobPart part, BlobQueue queue, CancellationToken ct)
    {
        foreach (MissingBlob lacked in part.Lacked)
        {
            await reporter.FailAsync(
                async stop => new FileFailure
                {
                    Path = await pages.PathOfAsync(lacked.Page, lacked.Blob.Hash, stop),
                    Why = $"From {lacked.Source}: {lacked.Refusal.Message}",
                },
                ct);
        }

        queue.Done();
    }

    /// <summary>
    /// Waits for the next part, which may be one that a much slower source has, and brings parts of other sources' large files during this
    /// time. Returns null at the end, or the fault of the source.
    /// </summary>
    private async Task<(BlobPart? Part, HutchError? Fault)> NextAsync(
        BlobSource source, BlobSource[] all, BlobQueue queue, CancellationToken ct)
    {
        while (true)
        {
            Task<bool> more = queue.WaitAsync(ct).AsTask();
            while (true)
            {
                if (queue.TryTake(source) is { } part)
                {
                    return (part, null);
                }

                if (all.Length == 1 || more.IsCompleted)
                {
                    break;
                }

                (bool helped, HutchError? fault) = await HelpAsync(source, all, () => more.IsCompleted, ct);
                if (fault is not null)
                {
                    return (null, fault);
                }

                if (helped)
                {
                    continue;
                }

                if (await Task.WhenAny(more, Task.Delay(LookEvery, time, ct)) == more)
                {
                    break;
                }

                ct.ThrowIfCancellationRequested();
                foreach (BlobSource other in all.Where(other => other != source))
                {
                    if (await other.TryTakeOverAsync(source, ct) is { } rest)
                    {
                        return (rest, null);
                    }
                }
            }

            if (!await more)
            {
                return (null, null);
            }
        }
    }

    private static async Task<(bool Helped, HutchError? Fault)> HelpAsync(
        BlobSource source, BlobSource[] all, Func<bool> hasOther, CancellationToken ct)
    {
        foreach (BlobSource other in all.Where(other => other != source))
        {
            (bool helped, HutchError? fault) = await source.HelpAsync(other, hasOther, ct);
            if (helped || fault is not null)
            {
                return (helped, fault);
            }
        }

        return (false, null);
    }

    /// <summary>
    /// Looks which of the files that the pages name are not here. What pages that were sent before name is, and need not come because new
    /// ones name it too.
    /// </summary>
    private async Task<Result<Done>> CheckLocalAsync(BlobQueue queue, CancellationToken ct)
    {
        foreach (TreeRoot leaf in pages.Leaves.OrderByDescending(leaf => sent.HasPage(leaf.Page)))
        {
            if (!(await intake.ReadPageAsync(leaf, ct)).TryGet(out PageContents? contents, out HutchError? refusal))
            {
                return refusal;
            }

            foreach (NamedBlob blob in contents.Blobs.Where(blob => pages.TryTake(blob.Hash)))
            {
                if (_batch.Count == SiteProtocol.MaxNames && await TakeAsync(queue, ct) is { IsOk: false } stopped)
                {
                    return stopped;
                }

                _batch.Add((leaf.Page, blob));
            }
        }

        Result<Done> taken = await TakeAsync(queue, ct);
        queue.Close();
        return taken;
    }

    private async Task<Result<Done>> TakeAsync(BlobQueue queue, CancellationToken ct)
    {
        HashSet<BlobHash> all = [.. _batch.Select(static one => one.Blob.Hash)];
        HashSet<BlobHash> withPages = [.. _batch.Where(one => sent.HasPage(one.Page)).Select(static one => one.Blob.Hash)];
        Result<HashSet<BlobHash>> found = await intake.FindLackingAsync(
            session, all, blob => withPages.Contains(blob) || sent.HasBlob(blob), ct);
        if (!found.TryGet(out HashSet<BlobHash>? lacking, out HutchError? refusal))
        {
            return refusal;
        }

        (BlobHash Page, NamedBlob Blob)[] missing = [.. _batch.Where(one => lacking.Contains(one.Blob.Hash))];
        NamedBlob[] here = [.. _batch.Where(one => !lacking.Contains(one.Blob.Hash)).Select(static one => one.Blob)];
        reporter.AddReceived(here);
        bool isFirst = !_hasReportedLocal && here.Any(static blob => blob.Size > 0);
        _hasReportedLocal |= isFirst;
        Result<Done> reported = await reporter.ReportAsync(isFirst, ct);
        if (!reported.IsOk)
        {
            return reported;
        }

        foreach (BlobPart part in Cut(missing))
        {
            await queue.AddAsync(part, ct);
        }

        _batch.Clear();
        return await reporter.ReportAsync(isForced: false, ct);
    }

    /// <summary>Large files alone and first, small ones together.</summary>
    private IEnumerable<BlobPart> Cut((BlobHash Page, NamedBlob Blob)[] missing)
    {
        foreach ((BlobHash Page, NamedBlob Blob) large in missing.Where(static one => IsLarge(one.Blob)))
        {
            yield return new BlobPart([large]);
        }

        var small = new List<(BlobHash, NamedBlob)>();
        long bytes = 0;
        foreach ((BlobHash Page, NamedBlob Blob) one in missing.Where(static one => !IsLarge(one.Blob)))
        {
            if (small.Count > 0 && Others.Count > 0 && bytes + one.Blob.Size > SharedBytes)
            {
                yield return new BlobPart(small);
                (small, bytes) = ([], 0);
            }

            small.Add(one);
            bytes += one.Blob.Size;
        }

        if (small.Count > 0)
        {
            yield return new BlobPart(small);
        }
    }
}
