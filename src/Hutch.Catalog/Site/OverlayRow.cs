namespace Hutch.Catalog.Site;

/// <param name="Entry">The new entry; null for a removal.</param>
/// <param name="Sequence">The sequence number of the record that made the change.</param>
public sealed record OverlayRow(DatasetPath Path, Entry? Entry, long Sequence);
