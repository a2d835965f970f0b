using Hutch.Model;

namespace Hutch.Catalog.Site;

/// <summary>A change in the overlay of an open dataset.</summary>
/// <param name="Path">The changed path.</param>
/// <param name="Entry">The new entry; null for a removal.</param>
/// <param name="Sequence">The sequence number of the record that made the change.</param>
public sealed record OverlayRow(DatasetPath Path, Entry? Entry, long Sequence);
