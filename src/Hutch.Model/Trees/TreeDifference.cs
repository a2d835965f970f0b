namespace Hutch.Model;

/// <summary>One path at which two trees differ.</summary>
/// <param name="Before">What the first tree has there, or null.</param>
/// <param name="After">What the second tree has there, or null.</param>
public readonly record struct TreeDifference(DatasetPath Path, Entry? Before, Entry? After);
