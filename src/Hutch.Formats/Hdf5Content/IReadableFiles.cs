using System.IO.Pipelines;

namespace Hutch.Formats.Hdf5Content;

/// <summary>The files that one question may read: those of a version of a dataset, for a caller with the right to read it.</summary>
public interface IReadableFiles
{
    /// <param name="path">As it was asked for, or as a link in a file names it: whatever that may be.</param>
    Task<Result<ReadableFile>> OpenAsync(string path, CancellationToken ct);
}

/// <param name="Version">Identifies these very bytes.</param>
/// <param name="CopyToAsync">Writes a range (offset, length) inside the file.</param>
public sealed record ReadableFile(string Version, long Bytes, Func<PipeWriter, long, long, CancellationToken, Task> CopyToAsync);
