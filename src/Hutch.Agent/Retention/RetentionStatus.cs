using Hutch.Agent.Retention.Eviction;

namespace Hutch.Agent.Retention;

/// <param name="State">The owner's wish, and the notices that were sent.</param>
/// <param name="Decision">The eviction decision at the end; null before.</param>
public sealed record RetentionStatus(PublishedFolder Folder, RetentionReading Reading, RetentionState State, EvictionDecision? Decision);
