namespace Hutch.Site.Write.Blobs;

internal sealed class PageSink : IPageSink
{
    private readonly Dictionary<BlobHash, ReadOnlyMemory<byte>> _pages = [];

    public IReadOnlyDictionary<BlobHash, ReadOnlyMemory<byte>> Pages => _pages;

    public void Write(BlobHash hash, ReadOnlyMemory<byte> page) => _pages.TryAdd(hash, page);
}
