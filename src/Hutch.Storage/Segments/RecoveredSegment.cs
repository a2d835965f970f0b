namespace Hutch.Storage.Segments;

/// <summary>What recovery did with one segment.</summary>
/// <param name="Name">Its file name.</param>
/// <param name="Outcome">What was done.</param>
/// <param name="Members">How many members it holds now.</param>
/// <param name="CutBytes">Bytes that were cut from its end: an unanswered group, zeros, or a half-written index.</param>
public sealed record RecoveredSegment(string Name, RecoveryOutcome Outcome, long Members, long CutBytes);
