using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Write.Blobs;

namespace Hutch.Datasets.Files;

/// <summary>Makes files whose bytes are served out of what is stored. The host gives it.</summary>
public interface IVirtualFiles
{
    /// <summary>Opens the file of a whole series, of a version that never changes; refused when the version is no series.</summary>
    /// <param name="source">The version, for a caller who may read it.</param>
    Task<Result<VirtualFile>> OpenAsync(VirtualSource source, CancellationToken ct);

    /// <summary>Opens the file of a table; refused when the rows are none.</summary>
    /// <param name="source">The rows, for a caller who may read them.</param>
    Task<Result<VirtualFile>> OpenTableAsync(TableSource source, CancellationToken ct);
}

/// <summary>What the file of a table is made of.</summary>
/// <param name="Dataset">Whose table.</param>
/// <param name="Rows">The rows as JSON lines.</param>
/// <param name="Run">The run that made them; null when it is not known.</param>
public sealed record TableSource(DatasetId Dataset, BlobContent Rows, SiteRun? Run);

/// <summary>What a virtual file is made of.</summary>
/// <param name="Dataset">Whose version.</param>
/// <param name="Tree">Reads trees.</param>
/// <param name="Root">The entries.</param>
/// <param name="Blobs">Their bytes.</param>
public sealed record VirtualSource(DatasetId Dataset, Tree Tree, TreeRoot Root, BlobStore Blobs);

/// <summary>A file that nobody stored.</summary>
/// <param name="Version">
/// Names these very bytes: two files with the same version are equal in each. It is no hash of them, as for that all would have to be read.
/// </param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Content">Its bytes.</param>
public sealed record VirtualFile(BlobHash Version, string ContentType, IEntryContent Content);
