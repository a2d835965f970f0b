using Hutch.Model;

namespace Hutch.Catalog.Site;

/// <summary>A change that lies over the tree of an open dataset.</summary>
/// <param name="Path">Where.</param>
/// <param name="Entry">What was put there; null when it was removed.</param>
/// <param name="Sequence">The record that did it.</param>
public sealed record OverlayRow(DatasetPath Path, Entry? Entry, long Sequence);
