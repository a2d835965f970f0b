namespace Hutch.Commands.Verbs.Frames;

/// <summary>One series of a trial with another writer: a line of its report.</summary>
/// <param name="File">The file of the other writer; null if the series does not name it.</param>
/// <param name="Comparison">The result; null if the two could not be compared.</param>
/// <param name="Problem">The reason why they could not be compared; null if they were.</param>
internal sealed record ShadowLine(DateTimeOffset Time, string Dataset, string? File, CompareLine? Comparison, string? Problem);
