namespace Hutch.Storage.Tests.Simulation;

/// <summary>What was said about a group.</summary>
public enum Fate
{
    /// <summary>Nothing yet, or that nobody knows: it may be there wholly, or not at all.</summary>
    Open,

    /// <summary>That it is durable.</summary>
    Answered,

    /// <summary>That nothing of it was written, or a later answer settled that it is not there.</summary>
    Refused,
}
