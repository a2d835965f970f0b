namespace Hutch.Model;

/// <summary>A change of one path in a new tree.</summary>
/// <param name="Entry">The new entry; null to remove the path.</param>
public readonly record struct TreeChange(DatasetPath Path, Entry? Entry);
