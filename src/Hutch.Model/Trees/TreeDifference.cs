namespace Hutch.Model;

/// <param name="Before">The entry of the first tree, or null.</param>
/// <param name="After">The entry of the second tree, or null.</param>
public readonly record struct TreeDifference(DatasetPath Path, Entry? Before, Entry? After);
