namespace Hutch.Cluster.Servers;

/// <summary>How the servers of a site know of each other.</summary>
public sealed record ServerOptions
{
    /// <summary>How often a server says that it is there, and how far it is.</summary>
    public TimeSpan BeatEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After so long without a word a server is put out: nothing that it had begun can be committed any more.</summary>
    public TimeSpan SilentAfter { get; init; } = TimeSpan.FromSeconds(60);
}
