namespace Hutch.Site.Life.Lifecycle;

/// <summary>The versions before the newest one, by their numbers.</summary>
/// <param name="Ending">The automatic ones that are thinned out: no tag, run or derived dataset names them.</param>
/// <param name="Lasting">All others: they stay as long as the dataset.</param>
/// <param name="Until">The time by which all of <paramref name="Ending"/> are thinned out.</param>
public sealed record SupersededVersions(IReadOnlyList<long> Ending, IReadOnlyList<long> Lasting, DateTimeOffset Until);
