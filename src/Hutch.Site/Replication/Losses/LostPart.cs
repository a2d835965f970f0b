using System.Globalization;
using System.Text.Json;
using Hutch.Model.Histories;
using Hutch.Model.Zone;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Replication.Losses;

/// <summary>
/// This site's part of a dataset that its home never received: accepted here after the version with which another site took over, or
/// followed from a home that was lost. It becomes a separate dataset before this site adopts the new home's state.
/// </summary>
internal sealed class LostPart
{
    private const string By = "hutch";
    private const int KeysPerRecord = 1000;

    private readonly SiteDataset _here;
    private readonly SnapshotFact _next;
    private readonly IReadOnlyList<SiteSnapshot> _versions;

    /// <param name="next">The first version of the new home, which lasts.</param>
    private LostPart(SiteDataset here, SnapshotFact next, IReadOnlyList<SiteSnapshot> versions) =>
        (_here, _next, _versions) = (here, next, versions);

    public long Epoch => _here.Copy!.Epoch;

    /// <summary>Finds the versions that are here and not at the home; null for none.</summary>
    public static LostPart? Find(SiteQueries queries, DatasetId dataset, History history, long epoch)
    {
        if (queries.Dataset(dataset) is not { Ended: null, Copy: { } copy } here || copy.Epoch >= epoch)
        {
            return null;
        }

        Dictionary<long, SiteSnapshot> known = queries.Snapshots(here.Key, long.MaxValue, int.MaxValue)
            .Where(static version => version.LeftOutUntil is null).ToDictionary(static version => version.Number);
        if (history.Snapshots.FirstOrDefault(one => TakeoverVersion.IsFirst(one) && !IsSame(known, one)) is not { } next)
        {
            // A closed dataset gets no more versions, but metadata: no history ever says less of these.
            return history.Dataset.Closed is not null && HasMoreMetadata(queries, here, history)
                ? new LostPart(here, history.Snapshots[^1], [])
                : null;
        }

        SiteSnapshot? newest = known.Values.MaxBy(static version => version.Number);
        foreach (SnapshotFact there in history.Snapshots.Where(there => IsSame(known, there)))
        {
            known.Remove(there.Number);
        }

        long last = next.Parent ?? 0;
        SiteSnapshot[] lost = [.. known.Values.Where(version => version.Number > last).OrderBy(static version => version.Number)];
        if (lost.Length == 0 && here.Closed is not null && history.Dataset.Closed is null && newest is not null)
        {
            // It was closed here afterwards, in this state: users may cite the closed version.
            lost = [newest];
        }

        return lost.Length > 0 || HasMore(queries, here, history) ? new LostPart(here, next, lost) : null;
    }

    /// <summary>
    /// Makes it a separate dataset, and ends this site's state under the old id, so that a copy of the new home's state can begin.
    /// </summary>
    /// <returns>The refusal; null when it was done.</returns>
    public HutchError? SetAside(CommitContext context, ReturnedName name)
    {
        SiteDataset? before = context.Queries.Dataset(name.Dataset);
        if (_here.Folder is not null)
        {
            return ErrorCode.Unprocessable.With(
                $"The files of '{_here.Owner}/{_here.Slug}' are in a folder of the facility, and stay there as they are.");
        }

        if (before is { Ended: null })
        {
            return ErrorCode.Conflict.With($"Something of '{_here.Owner}/{_here.Slug}' came back as '{name.FullName}' before.");
        }

        // A purged dataset stays purged, and is not made again from restored records.
        if (before?.EndedWay != "purged")
        {
            Make(context, name);
        }

        context.EmitOfHome(new JournalRecord.DatasetEnded(_here.Id, DatasetEnd.Trash, null, By));
        return null;
    }

    private void Make(CommitContext context, ReturnedName name)
    {
        TreeRoot start = _versions is [{ Number: var first }, ..]
            ? context.Queries.Snapshots(_here.Key, first, 1) is [var base_] ? base_.Root : TreeRoot.Empty
            : _here.Root;
        Emit(
            new JournalRecord.DatasetCreated(
                name.Dataset, name.Owner, name.Slug, Title(name), _here.Type, DatasetOrigin.Derived, By,
                [new VersionReference(_here.Id, _next.Number, _next.Tree.Page)], TreeReference.From(start), null, _here.GitRule));
        foreach (SiteMetadata one in context.Queries.MetadataHistory(_here.Key, long.MaxValue, int.MaxValue).Reverse())
        {
            using var document = JsonDocument.Parse(one.Document);
            Emit(new JournalRecord.MetadataSet(name.Dataset, one.Version, document.RootElement.Clone(), one.Author), one.Time);
        }

        foreach (SiteSnapshot version in _versions)
        {
            Emit(
                new JournalRecord.SnapshotTaken(
                    name.Dataset, version.Number, TreeReference.From(version.Root), version.Parent, 0, version.Reason, version.Author,
                    version.Message),
                version.Time);
            foreach (string tag in version.Tags)
            {
                Emit(new JournalRecord.TagSet(name.Dataset, tag, version.Number, By));
            }
        }

        AddRepository(context, name.Dataset);
        if (_here.Closed is { } closed && _versions is [.., var last])
        {
            Emit(new JournalRecord.DatasetClosed(name.Dataset, last.Number, last.Author), closed);
        }

        void Emit(JournalRecord record, long? at = null) => context.EmitOfHome(record with { AtHome = at });
    }

    private void AddRepository(CommitContext context, DatasetId to)
    {
        if (_here.Repository is { } repository)
        {
            context.EmitOfHome(new JournalRecord.RepositorySet(to, TreeReference.From(repository), 0, By));
        }

        for (string after = ""; context.Queries.StoredKeys(_here.Key, after, KeysPerRecord) is { Count: > 0 } keys; after = keys[^1].Name)
        {
            context.EmitOfHome(new JournalRecord.KeysHeld(to, keys, By));
        }
    }

    private string Title(ReturnedName name)
    {
        long known = TakeoverVersion.IsFirst(_next) ? _next.Parent ?? 0 : _next.Number;
        return string.Create(CultureInfo.InvariantCulture, $"{_here.Title ?? _here.Slug}: what {name.Site} had beyond @{known}");
    }

    /// <summary>
    /// Returns true if there are more versions of the metadata, or git content. The time of git content is unknown: an unnecessary dataset
    /// is better than a lost branch.
    /// </summary>
    private static bool HasMore(SiteQueries queries, SiteDataset here, History history) =>
        (here.Repository is { } repository && repository != history.Repository?.Tree) || HasMoreMetadata(queries, here, history);

    private static bool HasMoreMetadata(SiteQueries queries, SiteDataset here, History history) =>
        queries.MetadataHistory(here.Key, long.MaxValue, int.MaxValue).Any(one => !history.Metadata.Any(
            there => there.Version == one.Version && there.Time == one.Time && there.Document == one.Document));

    private static bool IsSame(Dictionary<long, SiteSnapshot> known, SnapshotFact there) =>
        known.TryGetValue(there.Number, out SiteSnapshot? here) && here.Root == there.Tree && here.Time == there.Time;
}
