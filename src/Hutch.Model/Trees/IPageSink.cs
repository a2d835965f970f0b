namespace Hutch.Model;

/// <summary>Stores new pages.</summary>
public interface IPageSink
{
    /// <summary>
    /// Takes a page and keeps it. The bytes are the sink's own from now on. Called once for each page that a new tree has and the
    /// old one had not; the same page may come twice when two directories are equal. Nothing is durable by this call alone.
    /// </summary>
    void Write(BlobHash hash, ReadOnlyMemory<byte> page);
}
