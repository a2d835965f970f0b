namespace Hutch.Model;

/// <summary>An entry and its path.</summary>
/// <param name="Path">The full path in the dataset.</param>
/// <param name="Entry">The entry at the path.</param>
public readonly record struct PathEntry(DatasetPath Path, Entry Entry);
