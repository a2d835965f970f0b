namespace Hutch.EndToEnd.Tests.Torture;

/// <summary>How long and how hard.</summary>
internal sealed record TortureOptions
{
    /// <summary>The server is killed again and again for so long.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Decides what is written and when the server is killed. What the server is doing at that moment, nobody decides.</summary>
    public required int Seed { get; init; }

    /// <summary>Clients that put and delete single files, all in one dataset.</summary>
    public int EntryWriters { get; init; } = 6;

    /// <summary>Clients that push, each to a dataset of its own.</summary>
    public int PushWriters { get; init; } = 2;

    /// <summary>The longest that a server lives once it is ready.</summary>
    public TimeSpan LongestLife { get; init; } = TimeSpan.FromSeconds(2.5);

    /// <summary>Of a hundred starts, those that are killed while they recover.</summary>
    public int KilledWhileStartingPercent { get; init; } = 20;
}
