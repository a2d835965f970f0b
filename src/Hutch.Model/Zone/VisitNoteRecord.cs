namespace Hutch.Model.Zone;

/// <summary>A note on a visit.</summary>
/// <param name="Number">The number, counted in each visit from 1.</param>
/// <param name="Text">Markdown.</param>
/// <param name="Dataset">The pinned dataset; null for none.</param>
/// <param name="Path">The pinned file or frame of it; null for the whole dataset.</param>
public sealed record VisitNoteRecord(long Number, string Author, DateTimeOffset WrittenAt, string Text, DatasetId? Dataset, string? Path);
