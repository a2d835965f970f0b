namespace Hutch.Live.Capture;

/// <summary>A series that has ended.</summary>
/// <param name="Dataset">The name of its dataset.</param>
/// <param name="Record">How it came.</param>
/// <param name="StaysOpen">Why the dataset stays open although it was to be closed; null otherwise.</param>
public sealed record CapturedSeries(string Dataset, CaptureRecord Record, string? StaysOpen);
