using System.Text.Json;
using Hutch.Model.Histories;
using Hutch.Site.Replication.Losses;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Replication.Copies;

/// <summary>
/// Determines the changes by a complete copy: everything in the history that this site does not have. A history only grows, so one that
/// contradicts this site's state is refused.
/// </summary>
internal sealed class CopyCommit(CommitContext context, History history, ChangedRuns changed, CopyTerms terms, int keepDays)
{
    private const int MaxKeysPerRecord = 1000;

    private static readonly ErrorCode Lies = ErrorCode.Conflict with
    {
        Advice = "Nothing was changed. Ask the operators of the home, and compare both sites.",
    };

    private static readonly HutchError NotNamed = ErrorCode.Unavailable.With(
        "More was accepted here than the new home of the dataset knows. It gets a name of its own first.");

    /// <param name="brought">The git content; null where only records are kept, and git does not read.</param>
    /// <param name="keepDays">The days for which this site keeps data that the home has deleted, or no longer names; 0 for no time.</param>
    public static Result<SiteDataset> Decide(
        CommitContext context, SiteSession session, History history, ChangedRuns changed, RepositoryContent? brought, CopyTerms terms,
        int keepDays)
    {
        if (context.Queries.Session(session.Id) is null)
        {
            return ErrorCode.Unavailable.With("The copy took too long and was abandoned here. It starts again.");
        }

        var commit = new CopyCommit(context, history, changed, terms, keepDays);
        SiteDataset? before = context.Queries.Dataset(terms.Dataset);
        if (LostPart.Find(context.Queries, terms.Dataset, history, terms.Epoch) is { } lost)
        {
            if ((terms.ComesBackAs is { } name ? lost.SetAside(context, name) : NotNamed) is { } stays)
            {
                return stays;
            }

            // Whatever was here is there now: the copy begins anew, even where that was closed.
            before = null;
        }

        if ((before is null ? null : commit.FindRefusal(before)) is { } refusal)
        {
            return refusal;
        }

        commit.Describe(before);
        SiteDataset dataset = context.Dataset(terms.Dataset).Value;
        commit.AddMetadata(dataset);
        if (commit.ChangeSnapshots(dataset) is { } lie)
        {
            return lie;
        }

        commit.ChangeTags(dataset);
        commit.AddStatements();
        if (commit.ChangeRuns(before) is { } wrong)
        {
            return wrong;
        }

        if (brought is not null && commit.ChangeRepository(dataset, brought) is { } lack)
        {
            return lack;
        }

        if (history.Dataset.Closed is { } closed && dataset.Closed is null)
        {
            SnapshotFact last = history.Snapshots[^1];
            commit.Emit(new JournalRecord.DatasetClosed(terms.Dataset, last.Number, last.By), closed);
        }

        commit.Emit(new JournalRecord.CopyCompleted(terms.Dataset, terms.Home, terms.Epoch, history.Hash));
        if (terms.IsOver && dataset is { TrashedUntil: null, IsRestoredHere: false })
        {
            commit.Emit(CopyEnds.Trashed(context, terms.Dataset, keepDays));
        }

        context.Emit(new JournalRecord.SessionEnded(session.Id));
        return context.Dataset(terms.Dataset);
    }

    private HutchError? FindRefusal(SiteDataset before)
    {
        string name = before.Owner + "/" + before.Slug;
        if (before.Copy is not { } copy)
        {
            return ErrorCode.Conflict.With($"This site is itself the home of '{name}'.");
        }

        if (terms.Epoch < copy.Epoch)
        {
            return Lies.With(
                $"The history of '{name}' is of epoch {terms.Epoch}, and this site has seen epoch {copy.Epoch}: its home has moved.");
        }

        if (terms.Epoch == copy.Epoch && terms.Home != copy.Home)
        {
            return Lies.With($"'{name}' has another home in epoch {terms.Epoch}.");
        }

        if (CopyEnds.IsForGood(before))
        {
            return ErrorCode.Gone.With($"The copy of '{name}' has ended at this site.");
        }

        if (before.Closed is not null && history.Dataset.Closed is null)
        {
            return Lies.With($"'{name}' was closed, and its history says that it is open.");
        }

        if (before.Closed is not null && history.Snapshots[^1].Tree != before.Root)
        {
            return Lies.With($"'{name}' was closed, and its history says that it had other files.");
        }

        return null;
    }

    private void Describe(SiteDataset? before)
    {
        DatasetFact dataset = history.Dataset;
        if (before is not { Ended: null })
        {
            Emit(
                new JournalRecord.DatasetCreated(
                    terms.Dataset, terms.Owner, terms.Slug, dataset.Title, dataset.Type, dataset.Origin, dataset.By,
                    [.. history.Parents.Select(static parent => new VersionReference(parent.Dataset, parent.Snapshot, parent.Root))],
                    TreeReference.From(TreeRoot.Empty), null, dataset.GitRule),
                dataset.Created);
        }
        else if ((before.Title, before.Type, before.Owner, before.Slug) != (dataset.Title, dataset.Type, terms.Owner, terms.Slug))
        {
            Emit(new JournalRecord.DatasetDescribed(terms.Dataset, terms.Owner, terms.Slug, dataset.Title, dataset.Type, dataset.By));
        }
    }

    private void AddMetadata(SiteDataset dataset)
    {
        long known = context.Queries.Metadata(dataset.Key)?.Version ?? 0;
        foreach (MetadataFact metadata in history.Metadata.Where(one => one.Version > known))
        {
            using var document = JsonDocument.Parse(metadata.Document);
            Emit(
                new JournalRecord.MetadataSet(terms.Dataset, metadata.Version, document.RootElement.Clone(), metadata.By), metadata.Time);
        }
    }

    private HutchError? ChangeSnapshots(SiteDataset dataset)
    {
        Dictionary<long, SiteSnapshot> here = context.Queries.Snapshots(dataset.Key, long.MaxValue, int.MaxValue)
            .ToDictionary(static snapshot => snapshot.Number);
        foreach (SnapshotFact snapshot in history.Snapshots)
        {
            if (!here.Remove(snapshot.Number, out SiteSnapshot? known))
            {
                Emit(
                    new JournalRecord.SnapshotTaken(
                        terms.Dataset, snapshot.Number, snapshot.Root, snapshot.Parent, 0, snapshot.Reason, snapshot.By, snapshot.Message),
                    snapshot.Time);
            }
            else if (known.Root != snapshot.Tree)
            {
                return Lies.With($"The history says that snapshot @{snapshot.Number} has another tree than this site has seen.");
            }
            else if (known.LeftOutUntil is not null)
            {
                Emit(new JournalRecord.SnapshotLeftOut(terms.Dataset, snapshot.Number, null));
            }
        }

        // The home does not know what runs and datasets at this site cite.
        IReadOnlySet<long> cited = context.Queries.CitedSnapshots(terms.Dataset);
        foreach (SiteSnapshot left in here.Values.Where(left => !cited.Contains(left.Number)))
        {
            if (left.Reason != SnapshotReason.Automatic)
            {
                return Lies.With($"The history lacks snapshot @{left.Number}, which this site has, and which is not thinned out.");
            }

            if (keepDays == 0)
            {
                Emit(new JournalRecord.SnapshotDropped(terms.Dataset, left.Number));
            }
            else if (left.LeftOutUntil is null)
            {
                long until = context.Now + (long)TimeSpan.FromDays(keepDays).TotalMilliseconds;
                Emit(new JournalRecord.SnapshotLeftOut(terms.Dataset, left.Number, until));
            }
        }

        return null;
    }

    private void ChangeTags(SiteDataset dataset)
    {
        Dictionary<string, long> here = context.Queries.Snapshots(dataset.Key, long.MaxValue, int.MaxValue)
            .SelectMany(static snapshot => snapshot.Tags.Select(tag => (tag, snapshot.Number)))
            .ToDictionary(static one => one.tag, static one => one.Number, StringComparer.Ordinal);
        foreach (TagFact tag in history.Tags)
        {
            if (!here.Remove(tag.Tag, out long number) || number != tag.Number)
            {
                Emit(new JournalRecord.TagSet(terms.Dataset, tag.Tag, tag.Number, history.Dataset.By));
            }
        }

        foreach (string tag in here.Keys)
        {
            Emit(new JournalRecord.TagRemoved(terms.Dataset, tag, history.Dataset.By));
        }
    }

    /// <summary>Adds statements, whose signatures were checked when the history was read.</summary>
    private void AddStatements()
    {
        HashSet<Guid> here = [.. context.Queries.Statements(terms.Dataset).Select(static one => one.Run)];
        foreach (StatementFact statement in history.Statements.Where(one => !here.Contains(one.Run)))
        {
            Emit(new JournalRecord.RunCompared(statement.Run, terms.Dataset, statement.Document, statement.Proof, null));
        }
    }

    /// <summary>
    /// Changes runs. An ended run stays as it is, except for changes by a home after a lost one. Runs that the home does not name stay: its
    /// release may not know runs.
    /// </summary>
    private HutchError? ChangeRuns(SiteDataset? before)
    {
        bool isSameHome = before?.Copy?.Epoch == terms.Epoch;
        foreach (RunFact run in before?.Copy?.History == changed.Since ? changed.Runs : history.Runs)
        {
            RunFact? here = context.Queries.Run(run.Run) is { } known ? RunFact.From(known) : null;
            if (here?.Outputs.Contains(terms.Dataset) == false)
            {
                return Lies.With($"The history has run {run.Run:N}, which this site knows as a run of other datasets.");
            }

            if (here is null || !here.IsSame(run))
            {
                if (isSameHome && here is { Finished: not null })
                {
                    return Lies.With($"The history says otherwise of run {run.Run:N} than this site has seen, and that run has ended.");
                }

                Emit(run.ToRecord(terms.Dataset));
            }
        }

        return null;
    }

    /// <summary>
    /// Changes the git content. Keys that the home no longer keeps stay: it may be mistaken, and the copy's keys end with the copy.
    /// </summary>
    private HutchError? ChangeRepository(SiteDataset dataset, RepositoryContent brought)
    {
        if (brought.Repository is { } repository && dataset.Repository != repository.ToRoot())
        {
            if (dataset.Closed is not null && dataset.Repository is not null)
            {
                return Lies.With("The history of a closed dataset says that git has brought something else than this site has seen.");
            }

            // Sequence numbers are this site's own: should it become the home, it looks through all keys once.
            Emit(new JournalRecord.RepositorySet(terms.Dataset, repository, 0, history.Dataset.By));
        }
        else if (brought.Repository is null && dataset.Repository is not null)
        {
            return Lies.With("The history lacks what git brought, which this site has.");
        }

        foreach (StoredKey[] keys in brought.Keys.Chunk(MaxKeysPerRecord))
        {
            Emit(new JournalRecord.KeysHeld(terms.Dataset, keys, history.Dataset.By));
        }

        return null;
    }

    private void Emit(JournalRecord record, long? atHome = null) => context.EmitOfHome(record with { AtHome = atHome });
}
