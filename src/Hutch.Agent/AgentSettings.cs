using Hutch.Agent.Adopting;

namespace Hutch.Agent;

/// <summary>The configuration of the agent, with what it needs of other sections.</summary>
public sealed record AgentSettings(AgentOptions Agent, AdoptOptions Adopt)
{
    /// <summary>The portal's address. Only watched folders get links, and a server that watches one has an address.</summary>
    public Uri Portal { get; init; } = new("about:blank");

    /// <summary>The server's data folder, which is never adopted; null for none.</summary>
    public string? DataFolder { get; init; }

    public AdoptionLimits Limits { get; init; } = new(200 << 20, 500_000);

    /// <summary>True if the server has folders to watch or to adopt.</summary>
    public bool IsOn => Agent.Folders.Count > 0 || Adopt.Roots.Count > 0;
}
