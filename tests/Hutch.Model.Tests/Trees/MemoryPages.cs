namespace Hutch.Model.Tests.Trees;

/// <summary>Pages in memory, counted. Checks that each is what its hash says, and that it is read back as it was written.</summary>
internal sealed class MemoryPages : IPageSource, IPageSink
{
    private readonly Dictionary<BlobHash, ReadOnlyMemory<byte>> _pages = [];

    public int Reads { get; set; }

    public int Writes { get; set; }

    public long WrittenBytes { get; set; }

    public IReadOnlyDictionary<BlobHash, ReadOnlyMemory<byte>> All => _pages;

    public ValueTask<ReadOnlyMemory<byte>> ReadPageAsync(BlobHash hash, CancellationToken cancellationToken)
    {
        Reads++;
        return ValueTask.FromResult(_pages[hash]);
    }

    public void Write(BlobHash hash, ReadOnlyMemory<byte> page)
    {
        Assert.Equal(hash, BlobHash.Compute(page.Span));
        Writes++;
        WrittenBytes += page.Length;
        _pages[hash] = page;
    }

    public void Put(ReadOnlyMemory<byte> page) => _pages[BlobHash.Compute(page.Span)] = page;
}
