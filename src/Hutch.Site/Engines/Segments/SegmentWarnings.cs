using Hutch.Site.Life.Maintenance;
using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

internal sealed class SegmentWarnings(
    SegmentStore segments, RecoveryReport recovery, SiteDatabase records, Checkpointer checkpointer, ISegmentBucket? bucket)
    : IEngineWarnings
{
    private const int MaxNamed = 5;
    private const int MaxLookedUp = 1000;
    private const string Heal =
        "`hutch verify DATASET` lists the damaged files. Pushing the same files again repairs them, "
        + "and so does restoring the segment from a backup while the server is stopped.";

    public async ValueTask<IReadOnlyList<SiteWarning>> ReadAsync(CancellationToken ct)
    {
        List<SiteWarning> all = [.. bucket?.Warnings ?? []];
        DamagedRange[] found = [.. recovery.Damage.Union(segments.Damage)];
        if (found.Length > 0)
        {
            all.Add(new SiteWarning(
                "segments-damaged",
                $"Segments are damaged ({Display.First(found.Select(StoredSegments.Describe), found.Length, MaxNamed)}). "
                    + "Intact data is kept and served; damaged data is not served.",
                "Check the disk. " + Heal));
        }

        if (segments.IsManifestDamaged)
        {
            all.Add(new SiteWarning(
                "segments-list-damaged",
                "segments/segments.txt, the list of segments, was damaged when the server started. It was written again, without a segment "
                    + "that was missing by then.",
                "Check the disk."));
        }

        if (segments.HasDamage)
        {
            AddLost(all);
            await AddDamagedAsync(all, ct);
        }

        return all;
    }

    private void AddLost(List<SiteWarning> all)
    {
        IReadOnlyList<string> lost = segments.LostSegments;
        if (lost.Count > 0)
        {
            all.Add(new SiteWarning(
                "segments-lost",
                $"Segment files are missing that were never retired: {Display.First(lost, lost.Count, MaxNamed)}.",
                $"{Heal} Then remove their lines from segments/segments.txt."));
        }
    }

    private async ValueTask AddDamagedAsync(List<SiteWarning> all, CancellationToken ct)
    {
        IReadOnlyList<QuarantinedMember> unhealed = segments.Unhealed;
        List<QuarantinedMember> journals =
            [.. unhealed.Where(member => member.Key is { Kind: MemberKind.Journal } key && key.FirstSequence > checkpointer.Through)];
        if (journals.Count > 0)
        {
            all.Add(new SiteWarning(
                "journal-damaged",
                $"Parts of the journal are damaged: {Display.First(journals.Select(Place), journals.Count, MaxNamed)}. "
                    + "site.db has these records, but a rebuild would lose them.",
                "Run `hutch gc` now: it takes a checkpoint, from which a rebuild starts."));
        }

        List<QuarantinedMember> others = [.. unhealed.Where(static member => member.Key is not { Kind: MemberKind.Journal })];
        List<QuarantinedMember> wanted = await FilterReferencedAsync(others, ct);
        if (wanted.Count > 0)
        {
            all.Add(new SiteWarning(
                "members-damaged",
                $"Stored data is damaged and is not served: {Display.First(wanted.Select(Place), wanted.Count, MaxNamed)}.",
                Heal));
        }
    }

    /// <summary>Returns the members that may still be needed: a damaged extent of a large file that was uploaded again is not.</summary>
    private async ValueTask<List<QuarantinedMember>> FilterReferencedAsync(List<QuarantinedMember> damaged, CancellationToken ct)
    {
        Guid[] uploads =
        [
            .. damaged.Where(static member => member.Key is { Kind: MemberKind.Extent })
                .Select(static member => member.Key!.Value.Upload).Distinct().Take(MaxLookedUp),
        ];
        HashSet<Guid> unwanted = uploads.Length == 0
            ? []
            : await records.ReadAsync(queries => uploads.Where(upload => !queries.IsUploadNamed(upload)).ToHashSet(), ct);
        return [.. damaged.Where(member => member.Key is not { Kind: MemberKind.Extent } key || !unwanted.Contains(key.Upload))];
    }

    private static string Place(QuarantinedMember member) => $"{member.Name} in segment {member.Segment}";
}
