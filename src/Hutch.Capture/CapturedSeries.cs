namespace Hutch.Capture;

/// <summary>A series that has ended.</summary>
/// <param name="Dataset">The name of its dataset.</param>
/// <param name="Record">How it came.</param>
/// <param name="StaysOpen">Why the dataset stays open although it was to be closed; null otherwise.</param>
public sealed record CapturedSeries(string Dataset, CaptureRecord Record, string? StaysOpen);

/// <summary>A series that is over and could not be stored, or not all of it.</summary>
/// <param name="Series">The series, as the detector names it.</param>
/// <param name="Problem">Why, in a sentence.</param>
/// <param name="Received">Images that came.</param>
/// <param name="NotStored">Those of them that were let go.</param>
public sealed record FailedSeries(string Series, string Problem, long Received, long NotStored);
