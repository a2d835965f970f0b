namespace Hutch.Cluster.Servers;

/// <summary>How long a server waits for another one, and how much it asks of it at once.</summary>
public sealed record CallOptions
{
    /// <summary>How long a connection may take to be made.</summary>
    public TimeSpan ConnectWithin { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a whole answer, of a few megabytes at most, may take.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A server that could not be reached is not tried for so long.</summary>
    public TimeSpan RestAfterFailure { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Connections to one server.</summary>
    public int MaxConnections { get; init; } = 16;
}
