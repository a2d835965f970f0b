using System.ComponentModel.DataAnnotations;

namespace Hutch.Site.Life.Maintenance;

public sealed class ClockOptions
{
    /// <summary>
    /// Minutes without a jump of the clock before expiry, the trash and the thinning of snapshots run, after each start too; 0 for no wait.
    /// </summary>
    [Range(0, 10080)]
    public int SettleMinutes { get; init; } = 60;
}
