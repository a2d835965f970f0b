namespace Hutch.Model;

/// <summary>An entry and where it stands.</summary>
/// <param name="Path">The full path in the dataset.</param>
/// <param name="Entry">What stands there.</param>
public readonly record struct PathEntry(DatasetPath Path, Entry Entry);
