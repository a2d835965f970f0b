namespace Hutch.Site.Write.Blobs;

/// <summary>Bytes that a dataset names and that are not stored.</summary>
public sealed record DanglingReference(DatasetId Dataset, BlobHash Hash);
