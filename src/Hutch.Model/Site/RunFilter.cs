namespace Hutch.Model.Site;

/// <summary>Which runs are listed; all of them when nothing is said.</summary>
/// <param name="Dataset">Those that read or wrote it.</param>
/// <param name="Owner">Those that read or wrote a dataset of this user or group.</param>
public readonly record struct RunFilter(DatasetId? Dataset = null, string? Owner = null);
