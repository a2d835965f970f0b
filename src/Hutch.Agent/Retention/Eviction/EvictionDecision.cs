namespace Hutch.Agent.Retention.Eviction;

/// <summary>The decision about removing the files of a folder from the facility now, and its reason.</summary>
public sealed record EvictionDecision
{
    private EvictionDecision(string reason) => Reason = reason;

    /// <summary>True if the files may be removed: other sites hold all of them.</summary>
    public bool IsAllowed { get; private init; }

    /// <summary>True if other sites were asked and not all have answered.</summary>
    public bool IsWaiting { get; private init; }

    public string Reason { get; }

    internal static EvictionDecision Reject(string because) => new($"Hutch removes nothing here: {because.TrimEnd('.')}.");

    internal static EvictionDecision Wait(string because) => Reject(because) with { IsWaiting = true };

    internal static EvictionDecision Allow(IReadOnlyList<string> sites) => new(
        $"Every file has a verified copy that {string.Join(" and ", sites)} will keep until released, so Hutch removes the files here.")
    {
        IsAllowed = true,
    };
}
