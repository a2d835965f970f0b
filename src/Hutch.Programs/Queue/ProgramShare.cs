namespace Hutch.Programs.Queue;

/// <summary>The part of a site that a program may have while it is executed, and its place among others.</summary>
public sealed record ProgramShare
{
    /// <summary>That of a program which is not there any more.</summary>
    public static readonly ProgramShare Usual = new();

    /// <summary>The number of its runs at the same time; null for no limit of its own.</summary>
    public int? Running { get; init; }

    /// <summary>The place of its runs: those with a higher number are next.</summary>
    public int Priority { get; init; }

    /// <summary>The number of each counted resource that a run takes.</summary>
    public IReadOnlyDictionary<string, int> Uses { get; init; } = new Dictionary<string, int>();
}
