using Hutch.Model;

namespace Hutch.Datasets.Files;

/// <summary>A version of a dataset that never changes, which a caller may read.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Number">Number of its snapshot; 0 for a dataset that is empty and has none.</param>
/// <param name="Root">Its tree.</param>
public sealed record FixedTree(DatasetId Dataset, long Number, TreeRoot Root);
