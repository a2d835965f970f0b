namespace Hutch.Site.Write.Blobs;

/// <summary>The bytes of a file, read by range: those of a stored blob, or of a file that is made on demand.</summary>
public interface IEntryContent
{
    /// <summary>The number of bytes.</summary>
    long Size { get; }

    /// <summary>
    /// Writes a range to a pipe, with flushes: memory does not grow with the range. Throws <see cref="Model.HutchException"/> when it
    /// reaches damaged or missing bytes.
    /// </summary>
    /// <param name="length">Bytes; the range lies inside the file.</param>
    Task CopyToAsync(PipeWriter writer, long offset, long length, CancellationToken ct);
}
