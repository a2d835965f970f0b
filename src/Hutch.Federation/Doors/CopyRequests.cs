using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Hutch.Federation.Homes;
using Hutch.Federation.Keys;
using Hutch.Federation.Wire;
using Hutch.Model.Histories;
using Hutch.Model.Tar;
using Hutch.Site.Replication.Evicting;
using Hutch.Site.Write.Blobs;
using Hutch.Zone.Authorization;
using Microsoft.AspNetCore.Http;

namespace Hutch.Federation.Doors;

/// <summary>
/// Answers the requests of sites for their copies and readers. A site gets only datasets that the zone assigned to it or that its user may
/// read, and only content that their trees name.
/// </summary>
internal sealed class CopyRequests(
    SiteKeyStore keys, SiteRegistry registry, CopyRegistry copies, SiteReaders readers, HomeRegistry homes, CopyOffers offers,
    CopyHolds holds, MoveReadiness readiness, TimeProvider time)
{
    private const int FlushBytes = 256 << 10;
    private const int MaxProblemCharacters = 1000;

    // As in a history.
    private const long MaxFiles = 1L << 40;
    private const long MaxBytes = 1L << 56;

    /// <summary>More than the bytes of a dataset, since interrupted transfers move bytes again.</summary>
    private const long MaxMoved = 1L << 60;

    /// <summary>The interval at which a long answer checks the rights of the requester again.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    public void AddTo(SiteRoutes routes)
    {
        routes.Add(PeerCalls.History, WriteHistoryAsync);
        routes.Add(PeerCalls.Pages, PagesAsync);
        routes.Add(PeerCalls.Blobs, BlobsAsync);
        routes.Add(PeerCalls.Part, PartAsync);
        routes.Add(PeerCalls.Extents, ExtentsAsync);
        routes.Add(PeerCalls.Hashes, HashesAsync);
        routes.Add(PeerCalls.Progress, RecordAsync);
        routes.Add(PeerCalls.Move, RecordAsync);
        routes.Add(PeerCalls.End, RecordAsync);
        routes.Add(PeerCalls.ReportHold, RecordAsync);
    }

    /// <summary>The signed history of a dataset; null when the asker knows it.</summary>
    public async Task<Result<SignedHistory?>> HistoryAsync(BlobHash key, HistoryRequest request, CancellationToken ct)
    {
        Result<Requester> requester = await AdmitAsync(key, request, ct);
        if (!requester.IsOk)
        {
            return requester.Error;
        }

        HomeRecord home = requester.Value.Dataset.Home;
        bool isNext = home.NextId == requester.Value.Site.Id && request.Reader is null;
        bool isOfBase = IsOfBase(requester.Value);
        if (home.BeganLost && home.SiteId == registry.OwnId && await offers.IsCopyAsync(request.Dataset, ct))
        {
            // Before this home has a first version, no site can see what a lost home has beyond it.
            return ErrorCode.Unavailable.With($"This site takes over dataset {request.Dataset} just now.");
        }

        if (!isNext && !isOfBase && await offers.IsCurrentAsync(request.Dataset, request.Known, ct))
        {
            return (SignedHistory?)null;
        }

        Result<History> offered = isNext || isOfBase
            ? await offers.OfferAllAsync(request.Dataset, ct)
            : await MayMakeSnapshotsAsync(requester.Value.Site, request, ct)
            ? await offers.OfferNowAsync(request.Dataset, ct)
            : await offers.OfferAsync(request.Dataset, ct);
        if (!offered.IsOk)
        {
            return offered.Error;
        }

        if (isNext)
        {
            readiness.RecordQuery(request.Dataset, requester.Value.Site.Id, request.Known, offered.Value.Hash);
        }

        if (offered.Value.Hash == request.Known)
        {
            return (SignedHistory?)null;
        }

        SiteKey own = await keys.GetAsync(ct);
        long epoch = isOfBase ? home.Epoch - 1 : home.Epoch;
        var statement = new HistoryStatement(registry.ZoneId, key, request.Dataset, epoch, offered.Value.Hash);
        byte[] signed = statement.Write(own, time.GetUtcNow());
        return new SignedHistory(signed, own.Sign(signed), offered.Value.Bytes);
    }

    private async Task WriteHistoryAsync(HttpContext http, BlobHash key, HistoryRequest request)
    {
        Result<SignedHistory?> answer = await HistoryAsync(key, request, http.RequestAborted);
        if (!answer.IsOk)
        {
            await SiteAnswers.WriteErrorAsync(http, answer.Error);
        }
        else if (answer.Value is { } history)
        {
            http.Response.Headers[SiteProtocol.StatementHeader] = Convert.ToBase64String(history.Statement);
            http.Response.Headers[SiteProtocol.SignatureHeader] = Convert.ToBase64String(history.Signature);
            http.Response.ContentLength = history.Document.Length;
            await http.Response.BodyWriter.WriteAsync(history.Document, http.RequestAborted);
        }
        else
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    public async Task<Result<TarAnswer>> PagesAsync(BlobHash key, PagesRequest request, CancellationToken ct)
    {
        Result<Done> admitted = await AdmitAsync(key, request, request.Pages.Count, ct);
        Result<OfferedPages> found = admitted.IsOk
            ? await offers.FindPagesAsync(request.Dataset, [.. request.Pages], ct)
            : admitted.Error;
        return found.IsOk ? (TarAnswer)WriteAsync : found.Error;

        async Task WriteAsync(PipeWriter output, CancellationToken stop)
        {
            long looked = time.GetTimestamp();
            foreach (BlobHash hash in request.Pages)
            {
                looked = await CheckChangesAsync(looked, key, request, stop);
                ReadOnlyMemory<byte> page = await found.Value.ReadAsync(hash, stop);
                TarWriter.WriteHeader(output, new TarEntry("blobs/" + hash, page.Length));
                await output.WriteAsync(page, stop);
                TarWriter.WritePadding(output, page.Length);
            }

            TarWriter.WriteEnd(output);
            await output.FlushAsync(stop);
        }
    }

    public async Task<Result<TarAnswer>> BlobsAsync(BlobHash key, BlobsRequest request, CancellationToken ct)
    {
        Result<Done> admitted = await AdmitAsync(key, request, request.Pages.Sum(static page => page.Blobs.Count), ct);
        if (!admitted.IsOk)
        {
            return admitted.Error;
        }

        var found = new List<BlobContent>();
        foreach (PageBlobs page in request.Pages)
        {
            if (page.Blobs.Count == 0)
            {
                return ErrorCode.InvalidBody.With($"The request names no file of page {page.Page}.");
            }

            Result<IReadOnlyList<BlobContent>> named = await offers.FindBlobsAsync(
                request.Dataset, page.Page, page.Blobs, request.MayLeaveOut, ct);
            if (!named.IsOk)
            {
                return named.Error;
            }

            if (named.Value.FirstOrDefault(static blob => blob.Size > CopyIntake.MaxWholeBytes) is { } large)
            {
                return ErrorCode.TooLarge.With(
                    $"{large.Hash} has {large.Size} bytes. Files above {CopyIntake.MaxWholeBytes} bytes are asked for one by one.");
            }

            found.AddRange(named.Value);
        }

        return (TarAnswer)WriteAsync;

        async Task WriteAsync(PipeWriter output, CancellationToken stop)
        {
            long looked = time.GetTimestamp();
            foreach (BlobContent blob in found)
            {
                looked = await CheckChangesAsync(looked, key, request, stop);
                if (await TryAppendAsync(output, blob, request.MayLeaveOut, stop))
                {
                    TarWriter.WritePadding(output, blob.Size);
                }

                if (output.UnflushedBytes >= FlushBytes && (await output.FlushAsync(stop)).IsCompleted)
                {
                    return;
                }
            }

            TarWriter.WriteEnd(output);
            await output.FlushAsync(stop);
        }
    }

    /// <summary>Writes a file; false when it is found damaged only now, is left out, and nothing of it was written.</summary>
    private static async Task<bool> TryAppendAsync(PipeWriter output, BlobContent blob, bool mayLeaveOut, CancellationToken ct)
    {
        bool isBegun = false;
        try
        {
            await blob.AppendToAsync(
                output, TarWriter.Header(new TarEntry("blobs/" + blob.Hash, blob.Size)), _ => isBegun = true, ct);
            return true;
        }
        catch (HutchException e) when (mayLeaveOut && !isBegun && CopyOffers.IsOfFile(e.Error))
        {
            return false;
        }
    }

    /// <summary>
    /// Streams the bytes of a large file from an offset. The stream ends before damaged bytes: the requester counts the received bytes, and
    /// gets the reason when it asks for the rest.
    /// </summary>
    public async Task<Result<TarAnswer>> PartAsync(BlobHash key, PartRequest request, CancellationToken ct)
    {
        Result<BlobContent> found = await FindBlobAsync(key, request, ct);
        return found.IsOk ? (TarAnswer)WriteAsync : found.Error;

        async Task WriteAsync(PipeWriter output, CancellationToken stop)
        {
            bool isBegun = false;
            try
            {
                await foreach (ReadOnlyMemory<byte> part in ReadAsync(key, request, found.Value, stop))
                {
                    isBegun = true;
                    if ((await output.WriteAsync(part, stop)).IsCompleted)
                    {
                        return;
                    }
                }
            }
            catch (HutchException e) when (isBegun && CopyOffers.IsOfFile(e.Error))
            {
                // The bytes sent so far are right, and count.
            }
        }
    }

    /// <summary>The same from the beginning of a part on, and behind each part what this site signs of it.</summary>
    public Task<Result<TarAnswer>> ExtentsAsync(BlobHash key, PartRequest request, CancellationToken ct) =>
        SignedAsync(key, request, isBare: false, ct);

    /// <summary>Only what this site signs of the parts.</summary>
    public Task<Result<TarAnswer>> HashesAsync(BlobHash key, PartRequest request, CancellationToken ct) =>
        SignedAsync(key, request, isBare: true, ct);

    private async Task<Result<TarAnswer>> SignedAsync(BlobHash key, PartRequest request, bool isBare, CancellationToken ct)
    {
        if (!(await FindBlobAsync(key, request, ct)).TryGet(out BlobContent? blob, out HutchError? refusal))
        {
            return refusal;
        }

        return request.Offset % ExtentStatement.ExtentBytes == 0
            ? (TarAnswer)WriteAsync
            : ErrorCode.RangeNotSatisfiable.With($"Parts begin at multiples of {ExtentStatement.ExtentBytes}, not at {request.Offset}.");

        async Task WriteAsync(PipeWriter output, CancellationToken stop)
        {
            SiteKey own = await keys.GetAsync(stop);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            (long begin, long at) = (request.Offset, request.Offset);
            await foreach (ReadOnlyMemory<byte> read in ReadAsync(key, request, blob, stop))
            {
                for (ReadOnlyMemory<byte> left = read; left.Length > 0;)
                {
                    long end = ExtentStatement.EndOf(begin, blob.Size);
                    ReadOnlyMemory<byte> some = left[..(int)Math.Min(left.Length, end - at)];
                    hash.AppendData(some.Span);
                    (left, at) = (left[some.Length..], at + some.Length);
                    if (!isBare && (await output.WriteAsync(some, stop)).IsCompleted)
                    {
                        return;
                    }

                    if (at == end)
                    {
                        var signed = new ExtentStatement(blob.Hash, blob.Size, begin, new BlobHash(hash.GetHashAndReset()));
                        await output.WriteAsync(signed.Write(own), stop);
                        begin = end;
                    }
                }
            }
        }
    }

    private async Task<Result<BlobContent>> FindBlobAsync(BlobHash key, PartRequest request, CancellationToken ct)
    {
        Result<Done> admitted = await AdmitAsync(key, request, 1, ct);
        return !admitted.IsOk
            ? admitted.Error
            : (await offers.FindBlobsAsync(
                request.Dataset, request.Page, [request.Blob], mayLeaveOut: false, ct)).Then<BlobContent>(found =>
                request.Offset < 0 || request.Offset > found[0].Size
                    ? ErrorCode.RangeNotSatisfiable.With($"The file has {found[0].Size} bytes; there is no byte {request.Offset}.")
                : request.Until < request.Offset || request.Until > found[0].Size
                    ? ErrorCode.RangeNotSatisfiable.With(
                        $"The file has {found[0].Size} bytes; it cannot be sent from {request.Offset} up to {request.Until}.")
                : found[0]);
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        BlobHash key, PartRequest request, BlobContent blob, [EnumeratorCancellation] CancellationToken stop)
    {
        long looked = time.GetTimestamp();
        await foreach (ReadOnlyMemory<byte> part in blob.ReadAsync(request.Offset, (request.Until ?? blob.Size) - request.Offset, stop))
        {
            looked = await CheckChangesAsync(looked, key, request, stop);
            yield return part;
        }
    }

    public async Task<Result<DoneAnswer>> RecordAsync(BlobHash key, CopyReport report, CancellationToken ct)
    {
        Result<SitePeer> holder = await FindHolderAsync(key, report.Dataset, ct);
        if (!holder.IsOk)
        {
            return holder.Error;
        }

        CopyProgress update = report.Progress;
        if (!CopyStates.IsOne(update.State) || IsBeyond(update.Files, MaxFiles) || IsBeyond(update.FilesDone, MaxFiles)
            || IsBeyond(update.Bytes, MaxBytes) || IsBeyond(update.BytesDone, MaxBytes) || IsBeyond(update.Moved, MaxMoved)
            || IsBeyond(update.Failures?.Count, MaxFiles))
        {
            return ErrorCode.InvalidBody.With($"{Display.Quote(update.State)} is no state of a copy, or a number is out of range.");
        }

        string? problem = update.Problem is { Length: > MaxProblemCharacters } text ? text[..MaxProblemCharacters] : update.Problem;
        await copies.ReportAsync(
            holder.Value.Id, report.Dataset, update with { Problem = problem, Failures = update.Failures?.Bounded() }, ct);
        if (update is { State: CopyStates.Complete, History: { } whole })
        {
            await homes.NoteCompleteAsync(holder.Value.Id, report.Dataset, whole, await keys.SealAsync(ct), ct);
        }

        return new DoneAnswer();
    }

    public async Task<Result<DoneAnswer>> RecordAsync(BlobHash key, MoveUpdate update, CancellationToken ct) =>
        !(await SiteRequests.FindSenderAsync(registry, key, ct)).TryGet(out SitePeer? site, out HutchError? refusal) ? refusal
        : !IsSigned(site, update.Dataset, update.Report)
            ? ErrorCode.Unprocessable.With($"The release of dataset {update.Dataset} is not signed with the key of {site.Name}.")
        : (await homes.ReportAsync(site.Id, update.Dataset, update.Report, await keys.SealAsync(ct), ct)).Then<DoneAnswer>(
            static _ => new DoneAnswer());

    /// <summary>Notes what a home has deleted, restored or ended.</summary>
    public async Task<Result<DoneAnswer>> RecordAsync(BlobHash key, EndUpdate update, CancellationToken ct) =>
        !(await SiteRequests.FindSenderAsync(registry, key, ct)).TryGet(out SitePeer? site, out HutchError? refusal) ? refusal
        : (await homes.ReportAsync(site.Id, update.Dataset, update.Report, ct)).Then<DoneAnswer>(static _ => new DoneAnswer());

    /// <summary>Notes whether a site keeps its copy for the home.</summary>
    public async Task<Result<DoneAnswer>> RecordAsync(BlobHash key, HoldUpdate update, CancellationToken ct) =>
        !(await SiteRequests.FindSenderAsync(registry, key, ct)).TryGet(out SitePeer? site, out HutchError? refusal) ? refusal
        : (await copies.HoldAsync(site.Id, update.Dataset, update.IsHeld, ct)).Then<DoneAnswer>(static _ => new DoneAnswer());

    /// <summary>True unless a report names a released history without the signature of the site.</summary>
    private bool IsSigned(SitePeer site, DatasetId dataset, MoveReport report) =>
        report is not { To: { } to, History: { } history, Proof: { } proof }
        || new ReleaseStatement(registry.ZoneId, dataset, report.Epoch, to, history).IsSigned(site.Key, proof);

    private static bool IsBeyond(long? number, long limit) => number < 0 || number > limit;

    /// <summary>Checks that the requester may read data that only the home has, and that this site is the home.</summary>
    internal async Task<Result<Done>> AdmitAtHomeAsync(BlobHash key, CopyRequest request, CancellationToken ct) =>
        (await AdmitAsync(key, request, ct)).Then<Done>(requester => requester.Dataset.Home.SiteId == registry.OwnId
            ? Done.Value
            : ErrorCode.Unavailable.With($"The home of dataset {request.Dataset} is another site, or was until lately."));

    private async Task<Result<Done>> AdmitAsync(BlobHash key, CopyRequest request, int names, CancellationToken ct)
    {
        Result<Requester> requester = await AdmitAsync(key, request, ct);
        return !requester.IsOk ? requester.Error
            : names is > 0 and <= SiteProtocol.MaxNames ? Done.Value
            : ErrorCode.TooLarge.With($"A request names 1 to {SiteProtocol.MaxNames} pages or files, not {names}.");
    }

    private async Task<Result<Requester>> AdmitAsync(BlobHash key, CopyRequest request, CancellationToken ct)
    {
        if (registry.IsOutdated)
        {
            return ErrorCode.Unavailable.With("This site has not heard from its zone for too long to know which sites belong to it.");
        }

        if (!(await FindAsync(key, request, ct)).TryGet(out Requester? requester, out HutchError? refusal))
        {
            return refusal;
        }

        if (IsOfBase(requester) || await IsOwnerAsync(requester, ct) || await HasCopyForAsync(requester, request, ct))
        {
            return requester;
        }

        if (requester.Dataset.Home.SiteId != registry.OwnId)
        {
            return ErrorCode.Unavailable.With($"The home of dataset {request.Dataset} is another site, or was until lately.");
        }

        return ReadRouter.CheckNotEnded(requester.Dataset) is { } over ? over : requester;
    }

    private async Task<Result<Requester>> FindAsync(BlobHash key, CopyRequest request, CancellationToken ct)
    {
        if (!(await SiteRequests.FindSenderAsync(registry, key, ct)).TryGet(out SitePeer? site, out HutchError? refusal))
        {
            return refusal;
        }

        if (await copies.FindAsync(request.Dataset, site.Id, ct) is { } dataset)
        {
            return new Requester(site, dataset);
        }

        if (request.Reader is { } reader)
        {
            return (await readers.AdmitAsync(site.Id, reader.Token, request.Dataset, NeededFor(request), ct))
                .Then<Requester>(name => new Requester(site, name));
        }

        return NotAssigned(site, request.Dataset);
    }

    /// <summary>True if a user reads own changes, and may create the snapshot that this needs.</summary>
    private async ValueTask<bool> MayMakeSnapshotsAsync(SitePeer site, CopyRequest request, CancellationToken ct) =>
        request.Reader is { HasWritten: true, Token: { } token }
        && (await readers.AdmitAsync(site.Id, token, request.Dataset, Operation.SnapshotCreate, ct)).IsOk;

    /// <summary>A site that is to have a copy, or was released from it, and says what became of that.</summary>
    private async Task<Result<SitePeer>> FindHolderAsync(BlobHash key, DatasetId dataset, CancellationToken ct) =>
        !(await SiteRequests.FindSenderAsync(registry, key, ct)).TryGet(out SitePeer? site, out HutchError? refusal) ? refusal
        : await copies.FindAsync(dataset, site.Id, ct) is not null
            || await copies.FindCopyAsync(dataset, site.Id, ct) is { ReleasedAt: not null } ? site
        : NotAssigned(site, dataset);

    private static HutchError NotAssigned(SitePeer site, DatasetId dataset) =>
        ErrorCode.NotFound.With($"The site {site.Name} was not asked to hold a copy of dataset {dataset}.");

    /// <summary>The operation that a reader needs: reading for pages and files, viewing for the history.</summary>
    private static Operation NeededFor(CopyRequest request) => request is HistoryRequest ? Operation.DatasetView : Operation.EntryRead;

    /// <summary>True if the home itself asks for the state that this site released to it, and that it lost.</summary>
    private bool IsOfBase(Requester requester) =>
        requester.Dataset.Home is { Base: not null } home && home.SiteId == requester.Site.Id && home.PreviousId == registry.OwnId;

    /// <summary>
    /// True if the bytes of the copy here belong to the requester: the home, which may have evicted its own, or the site that was the home
    /// when it requested the hold. The rows of a restored zone do not separate a site from its bytes.
    /// </summary>
    private async ValueTask<bool> IsOwnerAsync(Requester requester, CancellationToken ct) =>
        requester.Dataset.Home.SiteId != registry.OwnId && ReadRouter.CheckNotEnded(requester.Dataset) is null
        && (requester.Dataset.Home.SiteId == requester.Site.Id
            || (await holds.FindAsync(requester.Dataset.Dataset, ct))?.Home == requester.Site.Key);

    /// <summary>
    /// True if this site has a complete copy that it may send: to a site with an assigned copy, or for a user of that site. The receiver
    /// compares the bytes with the hashes from the home.
    /// </summary>
    private async ValueTask<bool> HasCopyForAsync(Requester requester, CopyRequest request, CancellationToken ct) =>
        request is not HistoryRequest && requester.Dataset.Home.SiteId != registry.OwnId
        && ReadRouter.CheckNotEnded(requester.Dataset) is null && await offers.IsCopyAsync(request.Dataset, ct);

    /// <summary>Looks now and then whether the asker may still have it; when that was last.</summary>
    internal async ValueTask<long> CheckChangesAsync(long last, BlobHash key, CopyRequest request, CancellationToken ct)
    {
        if (time.GetElapsedTime(last) < LookEvery)
        {
            return last;
        }

        Result<Requester> still = await AdmitAsync(key, request, ct);
        return still.IsOk ? time.GetTimestamp() : throw still.Error.ToException();
    }

    private sealed record Requester(SitePeer Site, NameRecord Dataset);
}

/// <summary>Writes an answer that may be long.</summary>
internal delegate Task TarAnswer(PipeWriter output, CancellationToken ct);

internal sealed record SignedHistory(byte[] Statement, byte[] Signature, ReadOnlyMemory<byte> Document);
