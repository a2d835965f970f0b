namespace Hutch.Datasets.Files;

/// <summary>Makes files whose bytes are served out of stored data. The host provides it.</summary>
public interface IVirtualFiles
{
    /// <summary>Opens the file of a whole series, of a version that never changes; refused when the version is no series.</summary>
    /// <param name="source">The version, for a caller with the right to read it.</param>
    Task<Result<VirtualFile>> OpenAsync(VirtualSource source, CancellationToken ct);

    /// <summary>Opens the file of a table; refused when there are no rows of a table.</summary>
    /// <param name="source">The rows, for a caller with the right to read them.</param>
    Task<Result<VirtualFile>> OpenTableAsync(TableSource source, CancellationToken ct);
}

/// <param name="Rows">The rows as JSON lines.</param>
/// <param name="Run">The run that made them; null when it is not known.</param>
public sealed record TableSource(DatasetId Dataset, BlobContent Rows, SiteRun? Run);

public sealed record VirtualSource(DatasetId Dataset, Tree Tree, TreeRoot Root, BlobStore Blobs);

/// <summary>A file that is not stored.</summary>
/// <param name="Version">
/// Names these exact bytes: two files with the same version have equal bytes. It is no hash of them, as that would need a read of all.
/// </param>
public sealed record VirtualFile(BlobHash Version, string ContentType, IEntryContent Content);
