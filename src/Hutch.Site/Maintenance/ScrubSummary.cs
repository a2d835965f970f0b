namespace Hutch.Site.Maintenance;

/// <param name="Segments">Segments read.</param>
/// <param name="Members">Members read.</param>
/// <param name="Bytes">Bytes read.</param>
/// <param name="Damage">What is not as it was written, a line each.</param>
public sealed record ScrubSummary(int Segments, long Members, long Bytes, IReadOnlyList<string> Damage);
