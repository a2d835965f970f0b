using Hutch.Site.Maintenance;

namespace Hutch.Site.Engines;

/// <summary>The upkeep that each engine does in its own way.</summary>
/// <param name="Sweeper">Frees the space of what the collector did not mark.</param>
/// <param name="Scrubber">Reads everything again.</param>
/// <param name="Warnings">What an operator should see to.</param>
/// <param name="Files">The files in the data folder.</param>
public sealed record EngineUpkeep(ISweeper Sweeper, IScrubber Scrubber, IEngineWarnings Warnings, IStoredFiles Files);
