namespace Hutch.Agent.Retention.Eviction;

/// <summary>The known state of a folder's files at the time of an eviction decision.</summary>
/// <param name="UnhashedFiles">The number of files whose bytes were not read yet.</param>
/// <param name="Snapshot">The root of the last snapshot; null when there is none.</param>
public sealed record FolderContents(bool IsClosed, long UnhashedFiles, BlobHash? Snapshot, bool HasChanged);
