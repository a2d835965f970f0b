using Hutch.Datasets.Servers;
using Hutch.Site.Engines;

namespace Hutch.Datasets.Upkeep;

/// <summary>How what the site stands on is, and how far this server has followed it.</summary>
/// <param name="Report">What the engine says.</param>
/// <param name="RecordsBehind">Records in the log that this server had not applied when it was asked; null when nobody can say.</param>
public sealed record EngineStatus(EngineReport Report, long? RecordsBehind)
{
    /// <summary>What the servers say of themselves; empty where nobody asked them.</summary>
    public IReadOnlyList<ServerAnswer> Answers { get; init; } = [];
}
