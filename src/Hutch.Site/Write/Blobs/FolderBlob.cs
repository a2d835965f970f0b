namespace Hutch.Site.Write.Blobs;

/// <summary>The bytes of a file in a facility's folder, checked to be the registered version.</summary>
internal sealed class FolderBlob(FolderBytes folders, FolderFile file) : IExternalBlob
{
    public BlobHash Hash => file.Name;

    public long Size => file.Stamp.Size;

    /// <summary>Returns no more than is needed: a part has no checksum.</summary>
    public Extent PartAt(long position, long needed) => new(position, (int)Math.Min(FolderBytes.MaxPartBytes, needed - position), 0);

    public bool CanRead(Extent part) => true;

    public ValueTask WaitAsync(Extent part, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask ReadAsync(Extent part, Memory<byte> destination, CancellationToken ct) =>
        folders.ReadAsync(file, part.Offset, destination, ct);
}
