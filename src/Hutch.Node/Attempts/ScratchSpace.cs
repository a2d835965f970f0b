using Hutch.Model.Records;

namespace Hutch.Node.Attempts;

/// <summary>The room that an attempt has on the disk of its folder: what its program and a quota allow, and what is free there.</summary>
/// <param name="LimitBytes">The size of the results that the program allows; null for no limit.</param>
/// <param name="QuotaBytes">The bytes that the quota of the owner of the results leaves; null without a quota.</param>
/// <param name="KeepFreeBytes">The free bytes of the disk that belong to others, such as the records of the server.</param>
internal sealed record ScratchSpace(long? LimitBytes, long? QuotaBytes, long KeepFreeBytes)
{
    // A command that finds the disk full writes its reason into its log.
    private const long LeastFileBytes = 1 << 20;

    /// <summary>The size of the results that program and quota allow; null for no limit.</summary>
    internal long? MostBytes => LimitBytes is { } limit && QuotaBytes is { } quota ? Math.Min(limit, quota) : LimitBytes ?? QuotaBytes;

    /// <summary>Returns the free bytes of a disk, without those of others; negative if it has fewer than those.</summary>
    internal long FreeBytes(string folder) => new DriveInfo(folder).AvailableFreeSpace - KeepFreeBytes;

    /// <summary>Returns the size at which the kernel ends a file: no watch can be too late for a single one.</summary>
    internal long FileBytes(TaskLimits limits, string folder) => Math.Max(
        LeastFileBytes, Math.Min(Math.Min(limits.OutputBytes, MostBytes ?? long.MaxValue), FreeBytes(folder)));

    /// <summary>Returns the reason why there is no room for some bytes; null if there is.</summary>
    internal CommandOutcome? FindLack(string folder, long bytes)
    {
        long free = FreeBytes(folder);
        return free >= bytes ? null : CommandOutcome.Failed(
            $"The disk of this node has no room: {Display.Bytes(Math.Max(0, free))} are free for programs, and {Display.Bytes(bytes)} are "
            + "needed.",
            AttemptFailure.NoSpace);
    }

    /// <summary>The failure of a command that filled the disk.</summary>
    internal static CommandOutcome Full(long own) => CommandOutcome.Failed(
        $"The command was ended because the disk of this node became full. Its results had {Display.Bytes(own)}.", AttemptFailure.NoSpace);

    /// <summary>The failure of a command whose results are larger than they may be.</summary>
    internal CommandOutcome TooLarge() => CommandOutcome.Failed(
        LimitBytes is { } limit && limit == MostBytes
            ? $"The command was ended because its results became larger than {Display.Bytes(limit)}, the most of this program "
                + "(resources.disk)."
            : $"The command was ended because its results became larger than {Display.Bytes(QuotaBytes ?? 0)}, which the quota of "
                + "their owner leaves.",
        AttemptFailure.DiskLimit);
}
