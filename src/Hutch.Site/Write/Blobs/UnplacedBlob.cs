using Hutch.Model;

namespace Hutch.Site.Write.Blobs;

/// <summary>Bytes that a dataset names and that are not stored.</summary>
public sealed record UnplacedBlob(DatasetId Dataset, BlobHash Hash);
