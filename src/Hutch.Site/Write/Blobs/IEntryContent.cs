using System.IO.Pipelines;

namespace Hutch.Site.Write.Blobs;

/// <summary>The bytes of a file, read by range: those of a stored blob, or of a file that is made when it is read.</summary>
public interface IEntryContent
{
    /// <summary>How many there are.</summary>
    long Size { get; }

    /// <summary>
    /// Writes a range to a pipe, flushing as it goes: memory does not grow with the range. What is damaged or gone throws
    /// <see cref="Model.HutchException"/>, when its turn comes.
    /// </summary>
    /// <param name="writer">Where to.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Bytes; the range lies inside the file.</param>
    Task CopyToAsync(PipeWriter writer, long offset, long length, CancellationToken ct);
}
