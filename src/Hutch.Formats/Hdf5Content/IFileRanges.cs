namespace Hutch.Formats.Hdf5Content;

/// <summary>The files of a dataset, as the reader process sees them: it has no other way to any byte.</summary>
internal interface IFileRanges
{
    /// <summary>Finds a file by the path that a caller asked for, or that a link in a file names; null when there is none.</summary>
    NumberedFile? Open(string path);

    /// <exception cref="IOException">The bytes are not available.</exception>
    void Read(int number, long offset, Span<byte> destination);

    /// <summary>Reads pieces of the same length at the same distance, one after the other, which lie inside the file.</summary>
    /// <param name="offset">Where the first one begins.</param>
    /// <exception cref="IOException">The bytes cannot be had.</exception>
    void Read(int number, long offset, long distance, int count, Span<byte> destination);
}

/// <param name="Number">Identifies these very bytes under this path: as long as neither changes, the number stays.</param>
internal readonly record struct NumberedFile(int Number, long Bytes);
