namespace Hutch.Simulation.Tests.Homes;

/// <content>The site of the zone, where two servers run it over one log.</content>
internal sealed partial class MovingWorld
{
    /// <summary>The second server of the site of the zone, where that has two, over one log.</summary>
    public MovingSite? Second { get; private set; }

    /// <summary>Whether any server of the site of the zone is in the middle of something for which a collection would wait.</summary>
    public bool IsAnyServerBusy => _log is { } log && log.Operations.Values.Any(static one => !one.WaitForRunningAsync(Ct).IsCompleted);

    private List<MovingSite> Servers => Second is null ? Sites : [.. Sites, Second];

    /// <summary>A site does the next step of its moves; where two servers share it, files are written at the other between any two commits.</summary>
    public async Task StepAsync(MovingSite site)
    {
        MovingSite? other = Second is null || site.Id != Zone.Id ? null : site == Zone ? Second : Zone;
        site.BeforeTurn = () =>
        {
            if (other is not null && IsFaulty && _chance.Next(3) == 0)
            {
                // The turn comes after that: nothing waits for anything here.
                WriteAsync(other).GetAwaiter().GetResult();
            }
        };
        await site.StepAsync(Ledger(site));
        site.BeforeTurn = static () => { };
    }
}
