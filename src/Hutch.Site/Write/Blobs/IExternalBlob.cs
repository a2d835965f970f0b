namespace Hutch.Site.Write.Blobs;

/// <summary>The bytes of a blob that are not in this store: a file in a facility's folder, or a blob of another site.</summary>
public interface IExternalBlob
{
    /// <summary>The hash of the bytes, or the name of this version of a file that is not hashed yet.</summary>
    BlobHash Hash { get; }

    /// <summary>The number of bytes.</summary>
    long Size { get; }

    /// <summary>Returns the part that contains a byte, as it is read and checked.</summary>
    /// <param name="needed">Nothing is needed from this byte on.</param>
    Extent PartAt(long position, long needed);

    /// <summary>Returns true if a part can be read at once.</summary>
    bool CanRead(Extent part);

    /// <summary>Ends when a part can be read at once: until then, its reader holds neither memory nor a slot.</summary>
    /// <exception cref="HutchException">It is not available.</exception>
    ValueTask WaitAsync(Extent part, CancellationToken ct);

    /// <summary>Fills memory with the bytes of a part.</summary>
    /// <exception cref="HutchException">They are wrong, or not available.</exception>
    ValueTask ReadAsync(Extent part, Memory<byte> destination, CancellationToken ct);
}
