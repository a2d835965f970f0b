using System.IO.Pipelines;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Copies;
using Hutch.Site.Pushes;

namespace Hutch.Federation.Copies;

/// <summary>
/// Brings the files that pages name and this site lacks: many in one stream, large ones one by one from where they stopped.
/// </summary>
internal sealed class BlobTransfer(
    IHomePeer home, CopyIntake intake, SiteSession session, PageTransfer pages, SentBefore sent, CopyTeller teller)
{
    private readonly List<(BlobHash Page, IReadOnlyList<NamedBlob> Blobs)> _batch = [];
    private int _inBatch;
    private bool _hasToldOfHere;

    private IEnumerable<NamedBlob> Gathered => _batch.SelectMany(static one => one.Blobs);

    public async Task<Result<Done>> RunAsync(CancellationToken ct)
    {
        Result<Done> told = await teller.TellAsync(isForced: true, ct);
        await sent.ReadBlobsAsync(pages.All, ct);
        foreach (TreeRoot leaf in pages.Leaves)
        {
            if (!told.IsOk)
            {
                return told;
            }

            if (!(await intake.ReadPageAsync(leaf, ct)).TryGet(out PageContents? contents, out HutchError? refusal))
            {
                return refusal;
            }

            foreach (NamedBlob[] part in contents.Blobs.Chunk(SiteProtocol.MaxNames))
            {
                if (_inBatch + part.Length > SiteProtocol.MaxNames && (told = await TakeAsync(ct)) is { IsOk: false })
                {
                    return told;
                }

                _batch.Add((leaf.Page, part));
                _inBatch += part.Length;
            }
        }

        return told.IsOk ? await TakeAsync(ct) : told;
    }

    /// <summary>Takes in what was gathered.</summary>
    private async Task<Result<Done>> TakeAsync(CancellationToken ct)
    {
        HashSet<BlobHash> all = [.. Gathered.Select(static blob => blob.Hash)];
        HashSet<BlobHash> withPages =
            [.. _batch.Where(one => sent.HasPage(one.Page)).SelectMany(static one => one.Blobs).Select(static blob => blob.Hash)];
        Result<HashSet<BlobHash>> found = await intake.FindLackingAsync(
            session, all, blob => withPages.Contains(blob) || sent.HasBlob(blob), ct);
        if (!found.TryGet(out HashSet<BlobHash>? lacking, out HutchError? refusal))
        {
            return refusal;
        }

        Result<Done> told = await TellOfHereAsync(lacking, ct);
        if (!told.IsOk)
        {
            return told;
        }

        var asked = new HashSet<BlobHash>();
        var wanted = new List<PageBlobs>();
        var expected = new Dictionary<BlobHash, long>();
        foreach ((BlobHash page, IReadOnlyList<NamedBlob> blobs) in _batch)
        {
            NamedBlob[] missing = [.. blobs.Where(blob => lacking.Contains(blob.Hash) && asked.Add(blob.Hash))];
            foreach (NamedBlob large in missing.Where(IsLarge))
            {
                Result<Done> came = await FetchLargeAsync(page, large, ct);
                if (!came.IsOk)
                {
                    return came;
                }
            }

            NamedBlob[] whole = [.. missing.Where(static blob => !IsLarge(blob))];
            foreach (NamedBlob blob in whole)
            {
                expected[blob.Hash] = blob.Size;
            }

            if (whole.Length > 0)
            {
                wanted.Add(new PageBlobs(page, [.. whole.Select(static blob => blob.Hash)]));
            }
        }

        Result<Done> fetched = wanted.Count == 0 ? Done.Value : await FetchAsync(wanted, expected, ct);
        if (!fetched.IsOk)
        {
            return fetched;
        }

        teller.Note(Gathered);
        _batch.Clear();
        _inBatch = 0;
        return await teller.TellAsync(isForced: false, ct);
    }

    /// <summary>A copy that goes on says at once what is here of it.</summary>
    private async Task<Result<Done>> TellOfHereAsync(HashSet<BlobHash> lacking, CancellationToken ct)
    {
        long here = Gathered.Where(blob => !lacking.Contains(blob.Hash)).Sum(static blob => blob.Size);
        bool isFirst = !_hasToldOfHere && here > 0;
        _hasToldOfHere |= isFirst;
        teller.Note(here);
        return await teller.TellAsync(isFirst, ct);
    }

    private async Task<Result<Done>> FetchAsync(List<PageBlobs> wanted, Dictionary<BlobHash, long> expected, CancellationToken ct)
    {
        Result<Stream> opened = await home.BlobsAsync(session.Dataset, wanted, ct);
        if (!opened.IsOk)
        {
            return opened.Error;
        }

        await using Stream stream = new ToldStream(opened.Value, teller, expected.Values.Sum());
        PipeReader body = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 << 10, leaveOpen: true));
        try
        {
            Result<Done> received = await intake.ReceiveAsync(session, body, expected, ct);
            return received.IsOk && expected.Count > 0
                ? ErrorCode.Unprocessable.With($"It did not send {expected.Keys.First()}, which its own tree names.")
                : received;
        }
        finally
        {
            await body.CompleteAsync();
        }
    }

    private async Task<Result<Done>> FetchLargeAsync(BlobHash page, NamedBlob blob, CancellationToken ct)
    {
        Result<UploadState> reached = await intake.ReachedAsync(session, blob.Hash, ct);
        if (!reached.IsOk || reached.Value.Hash is not null)
        {
            return reached.IsOk ? Done.Value : reached.Error;
        }

        // Also when all bytes are here: nobody has compared them with the hash yet.
        Result<Stream> opened = await home.PartAsync(session.Dataset, page, blob.Hash, reached.Value.Offset, ct);
        if (!opened.IsOk)
        {
            return opened.Error;
        }

        teller.Note(reached.Value.Offset);
        await using Stream stream = new ToldStream(opened.Value, teller, blob.Size - reached.Value.Offset);
        PipeReader body = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 256 << 10, leaveOpen: true));
        try
        {
            Result<UploadState> now = await intake.ReceiveLargeAsync(session, blob, reached.Value.Offset, body, ct);
            return !now.IsOk ? now.Error
                : now.Value.Hash is not null ? Done.Value
                : ErrorCode.Unavailable.With(
                    $"{home.Name} ended {blob.Hash} after {now.Value.Offset} of {blob.Size} bytes. It goes on later.");
        }
        finally
        {
            await body.CompleteAsync();
        }
    }

    private static bool IsLarge(NamedBlob blob) => blob.Size > CopyIntake.MaxWholeBytes;
}
