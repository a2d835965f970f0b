using Hutch.Agent.Retention.Eviction;

namespace Hutch.Agent.Retention;

/// <summary>How it stands with a folder, as it was seen last.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Reading">What the clock says.</param>
/// <param name="State">The owner's wish, and what people were told.</param>
/// <param name="Decision">At the end: whether its files could leave; null before.</param>
public sealed record RetentionStatus(PublishedFolder Folder, RetentionReading Reading, RetentionState State, EvictionDecision? Decision);
