namespace Hutch.Model.Zone;

/// <summary>A dataset of which a site was asked to make a copy.</summary>
/// <param name="Name">The name, with the home.</param>
/// <param name="AskedAt">The time of the request; a repeated request after a release has another time.</param>
public sealed record AssignedCopy(NameRecord Name, DateTimeOffset AskedAt);
