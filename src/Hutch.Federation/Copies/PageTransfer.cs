using Hutch.Federation.Wire;
using Hutch.Model.Histories;

namespace Hutch.Federation.Copies;

/// <summary>
/// Brings the pages of all trees of a history, from their tops and a level at a time: only what a page that is here names is asked for.
/// </summary>
internal sealed class PageTransfer(IHomePeer home, CopyIntake intake, SiteSession session, History history, PriorTransfers sent)
{
    private const int BatchBytes = 2 << 20;

    /// <summary>A path that is named has no more pages above its file.</summary>
    private const int MaxPagesAbove = 100;

    private readonly HashSet<BlobHash> _seen = [];
    private readonly HashSet<BlobHash> _blobs = [];
    private readonly Dictionary<BlobHash, (TreeRoot Page, BlobHash? Above)> _sums = [];
    private long _bytesLeft = history.Pages.Bytes;

    public List<TreeRoot> Leaves { get; } = [];

    public IReadOnlySet<BlobHash> All => _seen;

    /// <summary>The number of files that the pages of all trees name; a shared file counts once.</summary>
    public long Files { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Takes a file for a request. False if an earlier page has named and taken it.</summary>
    public bool TryTake(BlobHash blob) => _blobs.Remove(blob);

    public async Task<Result<Done>> RunAsync(CancellationToken ct)
    {
        // The pages of keys that are here are not stored, so they cannot replace pages of another tree.
        Result<Done> taken = await TakeAsync(history.Trees, static _ => false, ct);
        return taken.IsOk && history.Keys is { } keys ? await TakeAsync([keys.Tree], sent.HasKeyPage, ct) : taken;
    }

    private async Task<Result<Done>> TakeAsync(IEnumerable<TreeRoot> trees, Func<BlobHash, bool> isHere, CancellationToken ct)
    {
        List<TreeRoot> level = [];
        foreach (TreeRoot root in trees)
        {
            if (Add(level, root, null, isHere) is { } refusal)
            {
                return refusal;
            }
        }

        while (level.Count > 0)
        {
            List<TreeRoot> below = [];
            foreach (TreeRoot[] pages in level.Chunk(SiteProtocol.MaxNames))
            {
                Result<Done> taken = await TakeAsync(pages, below, isHere, ct);
                if (!taken.IsOk)
                {
                    return taken;
                }
            }

            level = below;
        }

        return Done.Value;
    }

    /// <summary>Returns the path of a file in one of the trees. Only the pages decide that, and their hashes are checked.</summary>
    public async Task<string> PathOfAsync(BlobHash page, BlobHash blob, CancellationToken ct)
    {
        string path = "";
        BlobHash named = blob;
        BlobHash? at = page;
        for (int i = 0; at is { } hash && i < MaxPagesAbove; i++)
        {
            (TreeRoot read, BlobHash? above) = _sums[hash];
            Result<PageContents> contents = await intake.ReadPageAsync(read, ct);
            if (contents.IsOk && contents.Value.FindName(named) is { } name)
            {
                path = path.Length == 0 ? name : $"{name}/{path}";
            }

            (named, at) = (hash, above);
        }

        return at is null ? path : "…/" + path;
    }

    private HutchError? Add(List<TreeRoot> level, TreeRoot page, BlobHash? above, Func<BlobHash, bool> isHere)
    {
        // The empty tree needs no page.
        if (page == TreeRoot.Empty || isHere(page.Page))
        {
            return null;
        }

        if (!_seen.Add(page.Page))
        {
            return _sums[page.Page].Page == page
                ? null
                : ErrorCode.Unprocessable.With($"Its trees name page {page.Page} with two different sums.");
        }

        _sums[page.Page] = (page, above);
        level.Add(page);
        return _seen.Count > history.Pages.Count
            ? ErrorCode.Unprocessable.With($"Its trees have more than the {history.Pages.Count} pages that its history says.")
            : null;
    }

    private async Task<Result<Done>> TakeAsync(
        TreeRoot[] pages, List<TreeRoot> below, Func<BlobHash, bool> isHere, CancellationToken ct)
    {
        Result<HashSet<BlobHash>> lacking = await intake.FindLackingAsync(
            session, [.. pages.Select(static page => page.Page)], sent.HasPage, ct);
        Result<Done> came = !lacking.IsOk ? lacking.Error : lacking.Value.Count == 0 ? Done.Value : await FetchAsync(lacking.Value, ct);
        if (!came.IsOk)
        {
            return came;
        }

        foreach (TreeRoot page in pages)
        {
            if (!(await intake.ReadPageAsync(page, ct)).TryGet(out PageContents? contents, out HutchError? refusal))
            {
                return refusal;
            }

            foreach (TreeRoot next in contents.Below)
            {
                if ((refusal = Add(below, next, page.Page, isHere)) is not null)
                {
                    return refusal;
                }
            }

            AddPage(page, contents);
        }

        return Done.Value;
    }

    private void AddPage(TreeRoot page, PageContents contents)
    {
        if (contents.Blobs.Count > 0)
        {
            Leaves.Add(page);
            foreach (NamedBlob blob in contents.Blobs.Where(blob => _blobs.Add(blob.Hash)))
            {
                Files++;
                Bytes += blob.Size;
            }
        }
    }

    private async Task<Result<Done>> FetchAsync(HashSet<BlobHash> lacking, CancellationToken ct)
    {
        Result<Stream> opened = await home.PagesAsync(session.Dataset, [.. lacking], ct);
        if (!opened.IsOk)
        {
            return opened.Error;
        }

        await using Stream body = opened.Value;
        var stream = new PageStream(body, lacking, _bytesLeft);
        var batch = new List<(BlobHash, ReadOnlyMemory<byte>)>();
        long batchBytes = 0;
        while (true)
        {
            Result<(BlobHash Hash, ReadOnlyMemory<byte> Page)?> next = await stream.NextAsync(ct);
            if (next is { IsOk: true, Value: { } page })
            {
                batch.Add(page);
                batchBytes += page.Page.Length;
                if (batchBytes < BatchBytes)
                {
                    continue;
                }
            }

            // Correct pages are stored, whatever followed them.
            Result<Done> stored = batch.Count == 0 ? Done.Value : await intake.AddPagesAsync(session, batch, ct);
            if (!next.IsOk || !stored.IsOk)
            {
                return next.Error ?? stored.Error!;
            }

            (batch, batchBytes) = ([], 0);
            if (next.Value is null)
            {
                _bytesLeft -= stream.Bytes;
                return lacking.Count == 0
                    ? Done.Value
                    : ErrorCode.Unprocessable.With($"It did not send page {lacking.First()}, which its own tree names.");
            }
        }
    }
}
