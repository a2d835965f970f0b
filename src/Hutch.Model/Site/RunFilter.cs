namespace Hutch.Model.Site;

/// <summary>A filter for lists of runs; without values, it matches all runs.</summary>
public readonly record struct RunFilter(DatasetId? Dataset = null, string? Owner = null);
