using System.ComponentModel.DataAnnotations;

namespace Hutch.Site.Life.Maintenance;

/// <summary>When the clock of the machine is believed.</summary>
public sealed class ClockOptions
{
    /// <summary>
    /// Expiry, the trash and the thinning of snapshots wait until the clock has run for so long without a jump, minutes, after each start
    /// too; 0 for no wait.
    /// </summary>
    [Range(0, 10080)]
    public int SettleMinutes { get; init; } = 60;
}
