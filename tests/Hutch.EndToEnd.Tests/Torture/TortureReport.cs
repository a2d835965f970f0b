namespace Hutch.EndToEnd.Tests.Torture;

/// <summary>What happened.</summary>
internal sealed class TortureReport
{
    public int Kills { get; set; }

    public int KillsWhileStarting { get; set; }

    public TimeSpan LongestStart { get; set; }

    public long Acknowledged { get; set; }

    public long Bytes { get; set; }

    public long Survived { get; set; }

    public long Vanished { get; set; }

    public int Files { get; set; }

    public List<string> Differences { get; } = [];

    public override string ToString() =>
        $"{Kills} kills, {KillsWhileStarting} more while starting; {Acknowledged} acknowledged changes, {Bytes / 1e6:0} MB, {Files} files now; "
        + $"of the unanswered changes {Survived} were there and {Vanished} not; longest start {LongestStart.TotalSeconds:0.00} s; "
        + $"{Differences.Count} differences";
}
