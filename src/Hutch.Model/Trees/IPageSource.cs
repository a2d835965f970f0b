namespace Hutch.Model;

/// <summary>Reads the pages of trees.</summary>
public interface IPageSource
{
    /// <summary>
    /// Reads a whole page. The bytes must be those that the hash names (the source checks that) and must not change afterwards.
    /// A page that is not there is an exception of the source's choice: a tree never names one that was not written.
    /// </summary>
    ValueTask<ReadOnlyMemory<byte>> ReadPageAsync(BlobHash hash, CancellationToken cancellationToken);
}
