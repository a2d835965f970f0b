namespace Hutch.Model.Zone;

/// <summary>Temporary datasets of an owner whose bytes expire on one day, in UTC.</summary>
/// <param name="Owner">The name of the user or group.</param>
/// <param name="One">One of them.</param>
/// <param name="First">The time when the first of them expires.</param>
public sealed record ExpiringDatasets(string Owner, DatasetId One, DateTimeOffset First, long Count);
