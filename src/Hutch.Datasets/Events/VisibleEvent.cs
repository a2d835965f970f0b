namespace Hutch.Datasets.Events;

/// <summary>Something that happened, as far as a caller may know of it.</summary>
/// <param name="Sequence">Its place in the order of everything.</param>
/// <param name="Facts">What its record says, under the record's own names.</param>
public sealed record VisibleEvent(
    long Sequence, string Kind, DatasetId? Dataset, DateTimeOffset Time, IReadOnlyList<JsonProperty> Facts);
