namespace Hutch.Model.Site;

/// <summary>A filter for lists of runs; without values, it matches all runs.</summary>
/// <param name="Dataset">A dataset that they read or wrote.</param>
/// <param name="Owner">A user or group with a dataset that they read or wrote.</param>
public readonly record struct RunFilter(DatasetId? Dataset = null, string? Owner = null);
