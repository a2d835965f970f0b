using Hutch.Model;

namespace Hutch.Site.Heads;

/// <summary>What the tree under a head says of a path and of the directories above it; the overlay may say otherwise.</summary>
/// <param name="Root">Root page of the tree that was asked: if the head has another by the time of the commit, ask again.</param>
/// <param name="At">The entry at the path itself.</param>
/// <param name="IsDirectory">Whether the tree has something below the path.</param>
/// <param name="Above">The entries that stand where directories above the path would be: files, links or empty directories.</param>
public sealed record PathProbe(BlobHash Root, Entry? At, bool IsDirectory, IReadOnlyDictionary<DatasetPath, Entry> Above);
