namespace Hutch.Model;

public readonly record struct PathEntry(DatasetPath Path, Entry Entry);
