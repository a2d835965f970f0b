namespace Hutch.Site.Write.Blobs;

internal sealed class PageSink : IPageSink
{
    private readonly Dictionary<BlobHash, ReadOnlyMemory<byte>> _pages = [];

    public IReadOnlyDictionary<BlobHash, ReadOnlyMemory<byte>> Pages => _pages;

    /// <summary>The bytes of files that were removed or got other content.</summary>
    public long ReplacedBytes { get; private set; }

    /// <summary>The bytes of files that are new at their path.</summary>
    public long AddedBytes { get; private set; }

    /// <summary>The bytes of the pages that are new in the tree.</summary>
    public long PageBytes { get; private set; }

    public void NoteReplaced(long bytes) => ReplacedBytes += bytes;

    public void NoteAdded(long bytes) => AddedBytes += bytes;

    public void Write(BlobHash hash, ReadOnlyMemory<byte> page) => PageBytes += _pages.TryAdd(hash, page) ? page.Length : 0;
}
