namespace Hutch.Model.Zone;

/// <param name="AskedAt">The time of the request; a repeated request after a release has another time.</param>
public sealed record AssignedCopy(NameRecord Name, DateTimeOffset AskedAt);
