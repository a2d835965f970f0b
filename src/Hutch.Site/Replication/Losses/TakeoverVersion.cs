using System.Globalization;
using Hutch.Model.Histories;

namespace Hutch.Site.Replication.Losses;

/// <summary>
/// The first version of a home that has taken over from a lost one. The gap before its number is so large that the history alone shows the
/// version after which the two homes diverged. See docs/design/federation.md (lost home).
/// </summary>
internal static class TakeoverVersion
{
    /// <summary>The gap between the last known number and the number of the first version.</summary>
    public const int Gap = 1000;

    private const string By = "hutch";

    /// <summary>Returns the record of that version: its files are those of the last known version. It lasts, and so can be cited.</summary>
    public static JournalRecord.SnapshotTaken First(SiteDataset copy) => new(
        copy.Id, copy.LastNumber + Gap, TreeReference.From(copy.Root), copy.Snapshot, 0, SnapshotReason.Manual, By,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The home was lost. What it had accepted after @{copy.Snapshot ?? 0} comes back as a dataset of its own, if it comes back."));

    /// <summary>Returns true if a version is such a first one.</summary>
    public static bool IsFirst(SnapshotFact version) => version.Number - (version.Parent ?? 0) >= Gap;
}
