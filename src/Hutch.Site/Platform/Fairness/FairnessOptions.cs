using System.ComponentModel.DataAnnotations;

namespace Hutch.Site.Platform.Fairness;

/// <summary>
/// The shares of work in the machine. Small requests and frames of up to a megabyte never wait. Parts of larger files take turns, so that
/// each class of work moves its share of the bytes while others want theirs, fair among the users of a class.
/// </summary>
public sealed class FairnessOptions : IValidatableObject
{
    /// <summary>The most parts of large files in memory at one time, between disk and network; 0 for half of the payload pool.</summary>
    [Range(0, 100_000)]
    public int BulkSlots { get; init; }

    /// <summary>The most bytes of a small request, for which a client waits; a larger one is bulk work.</summary>
    [Range(1 << 16, 1 << 30)]
    public long InteractiveBytes { get; init; } = 4 << 20;

    /// <summary>The largest share of them for one user while others wait, per cent.</summary>
    [Range(1, 100)]
    public int UserPercent { get; init; } = 50;

    /// <summary>The share of capture, the writes of a detector's stream. Only the ratios of the four shares matter.</summary>
    [Range(1, 1000)]
    public int CaptureShare { get; init; } = 16;

    /// <summary>The share of interactive requests: small reads out of large files.</summary>
    [Range(1, 1000)]
    public int InteractiveShare { get; init; } = 16;

    /// <summary>The share of bulk transfers: large files up and down.</summary>
    [Range(1, 1000)]
    public int BulkShare { get; init; } = 4;

    /// <summary>The share of maintenance: backups, collections.</summary>
    [Range(1, 1000)]
    public int BackgroundShare { get; init; } = 1;

    internal IReadOnlyList<int> Shares => [CaptureShare, InteractiveShare, BulkShare, BackgroundShare];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (BackgroundShare > BulkShare || BulkShare > InteractiveShare || BulkShare > CaptureShare)
        {
            yield return new ValidationResult(
                "a less urgent class must not have a larger share: capture and interactive, then bulk, then background.");
        }
    }
}
