using Hutch.Datasets.Servers;
using Hutch.Site.Engines;

namespace Hutch.Datasets.Upkeep;

/// <summary>The status of the site's engine, and this server's lag behind it.</summary>
/// <param name="RecordsBehind">Records in the log that this server had not applied at that time; null when unknown.</param>
public sealed record EngineStatus(EngineReport Report, long? RecordsBehind)
{
    /// <summary>The servers' own reports; empty where they were not asked.</summary>
    public IReadOnlyList<ServerAnswer> Answers { get; init; } = [];
}
