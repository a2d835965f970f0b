namespace Hutch.Model;

/// <summary>What shall stand at a path of the new tree.</summary>
/// <param name="Path">The path.</param>
/// <param name="Entry">The entry that stands there afterwards, or null when none shall.</param>
public readonly record struct TreeChange(DatasetPath Path, Entry? Entry);
