namespace Hutch.Formats.Hdf5Structure;

/// <summary>
/// The plan of an HDF5 file that is not stored: generated metadata, with which the file begins, then data at the addresses in the metadata.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public interface IHdf5Plan
{
    /// <summary>Bytes of the file.</summary>
    long Size { get; }

    /// <summary>Bytes of the metadata, with which it begins.</summary>
    long MetadataBytes { get; }

    /// <summary>Bytes of memory that the plan takes, about.</summary>
    long MemoryBytes { get; }

    /// <param name="destination">Gets the bytes, which are all metadata.</param>
    void ReadMetadata(long offset, Span<byte> destination);
}
