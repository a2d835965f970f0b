namespace Hutch.Model;

/// <summary>What shall stand at a path of the new tree.</summary>
/// <param name="Entry">The new entry, or null to remove the old one.</param>
public readonly record struct TreeChange(DatasetPath Path, Entry? Entry);
