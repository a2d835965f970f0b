namespace Hutch.Model;

public interface IPageSink
{
    /// <summary>
    /// Takes a page. The sink owns the bytes from now on. Called once for each page that is new in a tree; the same page can come twice if
    /// two directories are equal. The call alone makes nothing durable.
    /// </summary>
    void Write(BlobHash hash, ReadOnlyMemory<byte> page);

    /// <summary>Learns of a file whose content the new tree lacks at its path: it was removed, or has other bytes.</summary>
    void NoteReplaced(long bytes)
    {
    }

    /// <summary>Learns of a file whose content the old tree lacks at its path.</summary>
    void NoteAdded(long bytes)
    {
    }
}
