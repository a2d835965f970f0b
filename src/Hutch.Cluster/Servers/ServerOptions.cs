namespace Hutch.Cluster.Servers;

public sealed record ServerOptions
{
    /// <summary>The interval at which a server reports its presence and progress.</summary>
    public TimeSpan BeatEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The time without a heartbeat after which a server is removed: its unfinished operations can no longer commit.</summary>
    public TimeSpan SilentAfter { get; init; } = TimeSpan.FromSeconds(60);
}
