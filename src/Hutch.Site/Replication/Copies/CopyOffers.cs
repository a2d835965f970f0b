using System.Buffers;
using Hutch.Model.Histories;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Replication.Copies;

/// <summary>Data that this site, as a home, gives other sites: histories, and only pages and blobs that their trees name.</summary>
/// <remarks>Thread-safe. The caller has checked the receiver.</remarks>
public sealed class CopyOffers
{
    private const int MaxOffers = 64;
    private const long MaxOfferBytes = 256 << 20;

    /// <summary>The most datasets whose last answer is remembered.</summary>
    private const int MaxAnswers = 100_000;

    /// <summary>
    /// The time for which a site that was offered an older state still gets its pages: other sites follow the dataset too.
    /// </summary>
    private static readonly TimeSpan KeepEarlier = TimeSpan.FromHours(1);

    private readonly SiteDatabase _records;
    private readonly HeadCompactor _compactor;
    private readonly Tree _tree;
    private readonly BlobStore _blobs;
    private readonly PageStore _pages;
    private readonly TimeProvider _time;
    private readonly KeyTrees _keys = new();
    private readonly LruCache<DatasetId, Offer> _offers = new(MaxOffers, MaxOfferBytes,
        static offer => (64 * (offer.Pages.Count + offer.Earlier.Count + 1L)) + offer.Keys.PageBytes + offer.FormerKeys.PageBytes);

    private readonly LruCache<DatasetId, Answer> _answers = new(MaxAnswers, long.MaxValue, static _ => 0);

    public CopyOffers(SiteDatabase records, HeadCompactor compactor, Tree tree, BlobStore blobs, TimeProvider time) =>
        (_records, _compactor, _tree, _blobs, _pages, _time) = (records, compactor, tree, blobs, new PageStore(blobs), time);

    /// <summary>
    /// Returns true if the history of a dataset is certainly still the offered one: nothing at all was recorded here since. Sites ask for
    /// each open dataset twice a minute, mostly without news, and a history with many versions is long.
    /// </summary>
    public async ValueTask<bool> IsCurrentAsync(DatasetId id, BlobHash? known, CancellationToken ct) =>
        known is { } history && _answers.TryFind(id, out Answer answer) && answer.History == history
        && await SequenceAsync(ct) == answer.Sequence;

    /// <summary>Returns the current history of a dataset; the overlay of an open one is compacted first.</summary>
    public Task<Result<History>> OfferAsync(DatasetId id, CancellationToken ct) =>
        OfferAsync(id, CompactionRequest.Automatic with { IsForReader = true }, isAll: false, ct);

    /// <summary>Does the same for a caller that may make snapshots, and so does not wait for the next one.</summary>
    public Task<Result<History>> OfferNowAsync(DatasetId id, CancellationToken ct) =>
        OfferAsync(id, CompactionRequest.Automatic, isAll: false, ct);

    /// <summary>
    /// Does the same for the next home: includes the snapshots that will be thinned out, which that home keeps until then, and does not
    /// wait, however recent the last version is.
    /// </summary>
    public Task<Result<History>> OfferAllAsync(DatasetId id, CancellationToken ct) =>
        OfferAsync(id, CompactionRequest.Automatic, isAll: true, ct);

    /// <summary>Returns true if this site has not taken a dataset over yet: it would give the former home's state.</summary>
    public async ValueTask<bool> IsCopyAsync(DatasetId id, CancellationToken ct) =>
        await _records.ReadConsistentAsync(queries => queries.Dataset(id), ct) is { Copy: not null };

    private async Task<Result<History>> OfferAsync(DatasetId id, CompactionRequest request, bool isAll, CancellationToken ct)
    {
        if ((await _records.ReadAsync(queries => queries.Dataset(id), ct))?.Copy is { } copy)
        {
            return await OfferStoredAsync(id, copy.History, ct);
        }

        long before = await SequenceAsync(ct);
        Result<SiteSnapshot?> folded = await _compactor.CompactAsync(id, request, ct);
        if (!folded.IsOk)
        {
            return folded.Error;
        }

        (Result<Told> reported, long after) = await _records.ReadConsistentAsync(
            queries => (Read(queries, id, isAll), queries.AppliedSequence()), ct);
        Result<History> offered = reported.IsOk ? await OfferAsync(id, reported.Value, ct) : reported.Error;
        if (offered.IsOk && !isAll && after == before)
        {
            // There was nothing to compact, and there will be nothing until something is recorded.
            _answers.Set(id, new Answer(before, offered.Value.Hash));
        }

        return offered;
    }

    /// <summary>Returns true if the history of a home that gives up is complete.</summary>
    internal bool IsWhole(SiteQueries queries, History history) =>
        queries.Dataset(history.Dataset.Id) is { } dataset && !queries.HasOverlay(dataset.Key)
        && Read(queries, dataset.Id, isAll: true) is { IsOk: true, Value: { Keys.Tree: { } keys } reported }
        && History.Write(reported.WriteFacts(keys, history.Pages), []) is { IsOk: true, Value: var now } && now.Hash == history.Hash;

    /// <summary>Finds pages that the trees of a dataset have; a refusal when one of them is in none of these.</summary>
    public async Task<Result<OfferedPages>> FindPagesAsync(DatasetId id, IReadOnlyCollection<BlobHash> pages, CancellationToken ct)
    {
        if (!_offers.TryFind(id, out Offer? offer) || !offer.Has(pages))
        {
            // It was offered before this server started, or long ago; or another server has offered more.
            Result<History> again = await OfferAsync(id, ct);
            if (!again.IsOk)
            {
                return again.Error;
            }

            _offers.TryFind(id, out offer);
        }

        return offer?.Has(pages) == true
            ? new OfferedPages(offer.Keys.Pages, offer.FormerKeys.Pages, _pages)
            : ErrorCode.NotFound.With($"The trees of the dataset {id} do not have all of these pages.");
    }

    /// <summary>Returns true if a refusal means that the bytes of this one file are not available, without effect on other files.</summary>
    public static bool IsOfFile(HutchError refusal)
    {
        return refusal.Code == ErrorCode.Quarantined || refusal.Code == ErrorCode.Gone;
    }

    /// <summary>Finds blobs that a page of a dataset names; a refusal when one is not named there, or is damaged.</summary>
    /// <param name="mayLeaveOut">True to leave out blobs that are damaged or no longer stored.</param>
    public async Task<Result<IReadOnlyList<BlobContent>>> FindBlobsAsync(
        DatasetId id, BlobHash page, IReadOnlyCollection<BlobHash> wanted, bool mayLeaveOut, CancellationToken ct)
    {
        if (!(await FindPagesAsync(id, [page], ct)).TryGet(out OfferedPages? pages, out HutchError? refusal)
            || !PageContents.Read(await pages.ReadAsync(page, ct)).TryGet(out PageContents? contents, out refusal))
        {
            return refusal;
        }

        HashSet<BlobHash> named = [.. contents.Blobs.Select(static blob => blob.Hash)];
        var found = new List<BlobContent>(wanted.Count);
        foreach (BlobHash hash in wanted)
        {
            if (!named.Contains(hash))
            {
                return ErrorCode.NotFound.With($"Page {page} of the dataset {id} has no file whose SHA-256 is {hash}.");
            }

            Result<BlobContent> content = await FindBlobAsync(id, hash, ct);
            if (content.IsOk)
            {
                found.Add(content.Value);
            }
            else if (!mayLeaveOut || !IsOfFile(content.Error))
            {
                return content.Error;
            }
        }

        return found;
    }

    private async ValueTask<Result<BlobContent>> FindBlobAsync(DatasetId id, BlobHash hash, CancellationToken ct)
    {
        try
        {
            return await _blobs.FindAsync(id, hash, ct) is { } content
                ? content
                : ErrorCode.Gone.With($"The bytes of {hash} are no longer stored.");
        }
        catch (HutchException e)
        {
            return e.Error;
        }
    }

    /// <summary>Returns the history that this site accepted as the home, until the next home has it, or the history of its copy.</summary>
    private async Task<Result<History>> OfferStoredAsync(DatasetId id, BlobHash history, CancellationToken ct)
    {
        if (await _blobs.FindAsync(id, history, ct) is not { } blob)
        {
            return ErrorCode.Gone.With($"The history of dataset {id} is no longer stored here.");
        }

        var bytes = new ArrayBufferWriter<byte>((int)blob.Size);
        await foreach (ReadOnlyMemory<byte> part in blob.ReadAsync(0, blob.Size, ct))
        {
            bytes.Write(part.Span);
        }

        Result<History> read = History.Parse(bytes.WrittenMemory);
        if (read.IsOk)
        {
            Result<LocalKeys> keys = await _records.ReadConsistentAsync(
                queries => queries.Dataset(id) is { } dataset ? _keys.Find(queries, dataset) : Missing(id), ct);
            if (!keys.IsOk)
            {
                return keys.Error;
            }

            await RememberAsync(id, [.. read.Value.Trees], await _keys.TreeAsync(keys.Value, ct), ct);
        }

        return read;
    }

    private async Task<Result<History>> OfferAsync(DatasetId id, Told reported, CancellationToken ct)
    {
        KeyTree keys = await _keys.TreeAsync(reported.Keys, ct);
        Offer offer = await RememberAsync(id, reported.Trees, keys, ct);
        return History.Write(reported.WriteFacts(keys, new PagesFact(offer.Pages.Count, offer.PageBytes)), []);
    }

    /// <summary>Remembers the pages of some trees, which sites may then request.</summary>
    private async Task<Offer> RememberAsync(DatasetId id, IReadOnlyList<TreeRoot> trees, KeyTree keys, CancellationToken ct)
    {
        HashSet<BlobHash> roots = [.. trees.Select(static tree => tree.Page), keys.Root.Page];
        if (!_offers.TryFind(id, out Offer? offer) || !offer.Roots.SetEquals(roots))
        {
            var visitor = new PageVisitor();
            foreach (TreeRoot tree in trees)
            {
                await _tree.VisitAsync(tree, visitor, ct);
            }

            long bytes = visitor.Pages.Sum(page => (long)(LengthOf(page) ?? 0));
            foreach ((BlobHash page, ReadOnlyMemory<byte> content) in keys.Pages)
            {
                bytes += visitor.Pages.Add(page) ? content.Length : 0;
            }

            Dictionary<BlobHash, long> earlier = Earlier(offer, visitor.Pages);
            KeyTree formerKeys = offer is null || offer.Keys == keys ? offer?.FormerKeys ?? KeyTree.Empty : offer.Keys;
            offer = new Offer(roots, visitor.Pages, earlier, keys, formerKeys, bytes);
            _offers.Set(id, offer);
        }

        return offer;
    }

    /// <summary>Returns recently offered pages that are no longer offered, with the time of their removal.</summary>
    private Dictionary<BlobHash, long> Earlier(Offer? before, HashSet<BlobHash> pages)
    {
        long now = _time.GetTimestamp();
        Dictionary<BlobHash, long> earlier = before is null ? [] : before.Earlier
            .Where(one => !pages.Contains(one.Key) && _time.GetElapsedTime(one.Value, now) < KeepEarlier)
            .ToDictionary(static one => one.Key, static one => one.Value);
        foreach (BlobHash page in before?.Pages.Where(page => !pages.Contains(page) && !before.Keys.Pages.ContainsKey(page)) ?? [])
        {
            earlier[page] = now;
        }

        return earlier;
    }

    private int? LengthOf(BlobHash page) =>
        page == TreeRoot.Empty.Page ? TreeRoot.EmptyPage.Length : _blobs.MemberLength(Storage.MemberKey.Blob(page));

    private Result<Told> Read(SiteQueries queries, DatasetId id, bool isAll)
    {
        if (queries.Dataset(id) is not { } found)
        {
            return Missing(id);
        }

        if (!DatasetState.RequirePresent(found).TryGet(out SiteDataset? dataset, out HutchError? refusal))
        {
            return refusal;
        }

        if (dataset.Copy is not null)
        {
            return ErrorCode.Unavailable.With("This site has a copy of the dataset and is not its home, or not yet.");
        }

        if (dataset.Expires is not null)
        {
            return (ErrorCode.Unprocessable with { Advice = "Make it last first: `hutch keep`." }).With(
                $"Dataset '{dataset.Owner}/{dataset.Slug}' is temporary, and temporary data are not copied to other sites.");
        }

        // Before they are read: there may be more of them than memory has room for.
        if (queries.MetadataCharacters(dataset.Key) + queries.RunCharacters(id) is var characters && characters > History.MaxBytes)
        {
            return ErrorCode.TooLarge.With(
                $"The versions of the metadata of '{dataset.Owner}/{dataset.Slug}' and the records of its runs have {characters} "
                + $"characters together, more than a history can have: {History.MaxBytes}.");
        }

        List<HistoryFact> facts =
        [
            new DatasetFact(
                id, dataset.Type, dataset.Origin, dataset.Created, dataset.CreatedBy, dataset.Title, dataset.Closed,
                dataset.GitRule == SiteDataset.FirstGitRule ? null : dataset.GitRule),
            .. queries.Parents(dataset.Key).Select(static parent => new ParentFact(parent.Dataset, parent.Snapshot, parent.Root)),
            .. queries.MetadataHistory(dataset.Key, long.MaxValue, int.MaxValue).Reverse()
                .Select(static one => new MetadataFact(one.Version, one.Time, one.Author, one.Document)),
        ];
        SiteSnapshot[] snapshots = [.. Chosen(queries, dataset, isAll).OrderBy(static snapshot => snapshot.Number)];
        facts.AddRange(snapshots.Select(static snapshot => new SnapshotFact(
            snapshot.Number, TreeReference.From(snapshot.Root), snapshot.Reason, snapshot.Author, snapshot.Time, snapshot.Parent,
            snapshot.Message)));
        facts.AddRange(snapshots.SelectMany(static snapshot => snapshot.Tags.Select(tag => new TagFact(tag, snapshot.Number))));
        facts.AddRange(queries.RunsInto(id, int.MaxValue).Select(RunFact.From));
        facts.AddRange(queries.Statements(id).Where(static one => one.Document is not null)
            .Select(static one => new StatementFact(one.Run, one.Document!, one.Proof!)));
        List<TreeRoot> trees = [.. snapshots.Select(static snapshot => snapshot.Root)];
        if (dataset.Repository is { } brought)
        {
            facts.Add(new RepositoryFact(TreeReference.From(brought)));
            trees.Add(brought);
        }

        return _keys.Find(queries, dataset).Then<Told>(keys => new Told(facts, trees, keys));
    }

    /// <summary>Returns all snapshots, or the newest and those that are not thinned out.</summary>
    private static IEnumerable<SiteSnapshot> Chosen(SiteQueries queries, SiteDataset dataset, bool isAll)
    {
        IReadOnlySet<long> cited = queries.CitedSnapshots(dataset.Id);
        return queries.Snapshots(dataset.Key, long.MaxValue, int.MaxValue).Where(snapshot =>
            isAll || snapshot.Reason != SnapshotReason.Automatic || snapshot.Number == dataset.Snapshot || snapshot.Tags.Count > 0
            || cited.Contains(snapshot.Number));
    }

    private ValueTask<long> SequenceAsync(CancellationToken ct) => _records.ReadAsync(static queries => queries.AppliedSequence(), ct);

    private static HutchError Missing(DatasetId id) => ErrorCode.NotFound.With($"There is no dataset {id} at this site.");

    private readonly record struct Answer(long Sequence, BlobHash History);

    /// <param name="Facts">The facts of a history, except keys and pages.</param>
    /// <param name="Trees">All trees that it names, except that of keys.</param>
    private sealed record Told(IReadOnlyList<HistoryFact> Facts, IReadOnlyList<TreeRoot> Trees, LocalKeys Keys)
    {
        public IEnumerable<HistoryFact> WriteFacts(KeyTree keys, PagesFact pages) =>
            keys.Root.IsEmpty ? [.. Facts, pages] : [.. Facts, new KeysFact(TreeReference.From(keys.Root)), pages];
    }

    /// <param name="Keys">The tree of keys, whose pages are not stored.</param>
    /// <param name="FormerKeys">The previous one, for sites that are still downloading it.</param>
    private sealed record Offer(
        HashSet<BlobHash> Roots, HashSet<BlobHash> Pages, Dictionary<BlobHash, long> Earlier,
        KeyTree Keys, KeyTree FormerKeys, long PageBytes)
    {
        public bool Has(IEnumerable<BlobHash> pages) =>
            pages.All(page => Pages.Contains(page) || Earlier.ContainsKey(page) || FormerKeys.Pages.ContainsKey(page));
    }

    private sealed class PageVisitor : ITreeVisitor
    {
        public HashSet<BlobHash> Pages { get; } = [];

        public bool EnterPage(BlobHash page) => Pages.Add(page);

        public void VisitBlob(BlobHash blob, long size)
        {
            // A page says which it names.
        }
    }
}
