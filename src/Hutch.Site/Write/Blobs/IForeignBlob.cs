using Hutch.Model;
using Hutch.Model.Records;

namespace Hutch.Site.Write.Blobs;

/// <summary>The bytes of a blob that are not in this store: a file in a facility's folder, or a blob of another site.</summary>
public interface IForeignBlob
{
    /// <summary>The hash of the bytes, or what names this version of a file that is not hashed yet.</summary>
    BlobHash Hash { get; }

    /// <summary>How many bytes there are.</summary>
    long Size { get; }

    /// <summary>The part in which a byte lies, as it is read and checked.</summary>
    /// <param name="position">The byte.</param>
    /// <param name="needed">Nothing is needed from this byte on.</param>
    Extent PartAt(long position, long needed);

    /// <summary>Whether a part can be read at once.</summary>
    bool CanRead(Extent part);

    /// <summary>Ends when a part can be read at once: so long, who reads it holds no memory and nobody's turn.</summary>
    /// <exception cref="HutchException">It cannot be had.</exception>
    ValueTask WaitAsync(Extent part, CancellationToken ct);

    /// <summary>Fills memory with the bytes of a part.</summary>
    /// <exception cref="HutchException">They are not what they should be, or cannot be had.</exception>
    ValueTask ReadAsync(Extent part, Memory<byte> destination, CancellationToken ct);
}
