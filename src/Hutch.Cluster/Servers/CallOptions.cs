namespace Hutch.Cluster.Servers;

/// <summary>The timeouts and limits of requests to another server.</summary>
public sealed record CallOptions
{
    /// <summary>The time limit for a connection.</summary>
    public TimeSpan ConnectWithin { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The time limit for a whole answer, which has a few megabytes at most.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The time for which an unreachable server is not tried again.</summary>
    public TimeSpan RestAfterFailure { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The most connections to one server.</summary>
    public int MaxConnections { get; init; } = 16;
}
