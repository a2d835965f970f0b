namespace Hutch.Model;

/// <param name="Entry">The new entry; null to remove the path.</param>
public readonly record struct TreeChange(DatasetPath Path, Entry? Entry);
