using System.Text.Json;
using Hutch.Model;

namespace Hutch.Datasets.Events;

/// <summary>Something that happened, as far as a caller may know of it.</summary>
/// <param name="Sequence">Its place in the order of everything.</param>
/// <param name="Kind">The kind of its record, as <c>entry.put</c>.</param>
/// <param name="Dataset">The dataset that it happened to.</param>
/// <param name="Time">When.</param>
/// <param name="Facts">What its record says, under the record's own names.</param>
public sealed record VisibleEvent(
    long Sequence, string Kind, DatasetId? Dataset, DateTimeOffset Time, IReadOnlyList<JsonProperty> Facts);
