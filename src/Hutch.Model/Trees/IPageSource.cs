namespace Hutch.Model;

public interface IPageSource
{
    /// <summary>
    /// Reads a whole page. The source checks that the bytes have the given hash, and they must not change afterwards. For a missing page
    /// the source throws an exception of its choice: a tree never names a page that was not written.
    /// </summary>
    ValueTask<ReadOnlyMemory<byte>> ReadPageAsync(BlobHash hash, CancellationToken cancellationToken);
}
