namespace Hutch.Capture;

/// <param name="StaysOpen">Why the dataset stays open although it was to be closed; null otherwise.</param>
public sealed record CapturedSeries(string Dataset, CaptureRecord Record, string? StaysOpen);

/// <summary>A series that is over and could not be stored, or not all of it.</summary>
/// <param name="NotStored">Received images that were dropped.</param>
public sealed record FailedSeries(string Series, string Problem, long Received, long NotStored);
