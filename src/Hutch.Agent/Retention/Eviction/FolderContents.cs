using Hutch.Model;

namespace Hutch.Agent.Retention.Eviction;

/// <summary>What is known of a folder's files at the moment when it is asked whether they may leave.</summary>
/// <param name="IsClosed">Whether the dataset is closed.</param>
/// <param name="UnhashedFiles">Files whose bytes were not read yet.</param>
/// <param name="Snapshot">The root of the last snapshot; null when there is none.</param>
/// <param name="HasChanged">Whether something in the folder is not as the snapshot has it.</param>
public sealed record FolderContents(bool IsClosed, long UnhashedFiles, BlobHash? Snapshot, bool HasChanged);
