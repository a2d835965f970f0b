namespace Hutch.Site.Replication.Copies;

/// <summary>
/// The pages and blobs that the home of a dataset has sent to this site before: in older versions of the dataset, and in those that it was
/// made from. Everything else must come over the network, even when this site has it: a hash is no capability, and a home could name other
/// owners' blobs.
/// </summary>
public sealed class PriorTransfers
{
    private readonly Tree _tree;
    private readonly IReadOnlyList<TreeRoot> _trees;
    private readonly KeyTree _keys;
    private readonly HashSet<BlobHash> _pages = [];
    private readonly HashSet<BlobHash> _blobs = [];

    private PriorTransfers(Tree tree, IReadOnlyList<TreeRoot> trees, KeyTree keys) => (_tree, _trees, _keys) = (tree, trees, keys);

    /// <summary>Returns true if a page is one of the tree of the keys whose content is here.</summary>
    public bool HasKeyPage(BlobHash page) => _keys.Pages.ContainsKey(page);

    /// <summary>Returns true if a page was sent, and with it everything that it names.</summary>
    public bool HasPage(BlobHash page) => _pages.Contains(page);

    /// <summary>Returns true if a blob was sent with a page that was read by <see cref="ReadBlobsAsync"/>.</summary>
    public bool HasBlob(BlobHash blob) => _blobs.Contains(blob);

    internal static async Task<PriorTransfers> ReadAsync(Tree tree, IReadOnlyList<TreeRoot> trees, KeyTree keys, CancellationToken ct)
    {
        var sent = new PriorTransfers(tree, trees, keys);
        foreach (ReadOnlyMemory<byte> page in keys.Pages.Values)
        {
            sent._blobs.UnionWith(PageContents.Read(page).Value.Blobs.Select(static blob => blob.Hash));
        }

        await sent.VisitAsync(new Visitor(sent._pages.Add, static _ => { }), ct);
        return sent;
    }

    /// <summary>Reads the contents of the sent pages, except those that come again: most of a changed directory is unchanged.</summary>
    public Task ReadBlobsAsync(IReadOnlySet<BlobHash> again, CancellationToken ct)
    {
        var entered = new HashSet<BlobHash>();
        return VisitAsync(new Visitor(page => !again.Contains(page) && entered.Add(page), blob => _blobs.Add(blob)), ct);
    }

    private async Task VisitAsync(Visitor visitor, CancellationToken ct)
    {
        foreach (TreeRoot tree in _trees)
        {
            try
            {
                await _tree.VisitAsync(tree, visitor, ct);
            }
            catch (HutchException)
            {
                // A page is damaged here: everything below it comes again.
            }
        }
    }

    private sealed class Visitor(Func<BlobHash, bool> enter, Action<BlobHash> note) : ITreeVisitor
    {
        public bool EnterPage(BlobHash page) => enter(page);

        public void VisitBlob(BlobHash blob, long size) => note(blob);
    }
}
