namespace Hutch.Model.Zone;

/// <summary>A dataset of which a site is to have a copy.</summary>
/// <param name="Name">Its name, and where it is at home.</param>
/// <param name="AskedAt">Since when; what was taken back and is asked for again has another time.</param>
public sealed record AskedCopy(NameRecord Name, DateTimeOffset AskedAt);
