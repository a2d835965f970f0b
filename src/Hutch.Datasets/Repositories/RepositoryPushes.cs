using Hutch.Datasets.Versions;
using Hutch.Site.Write.Pushes;
using Hutch.Site.Write.Repositories;

namespace Hutch.Datasets.Repositories;

/// <summary>Begins pushes of git, for callers with the right to change the dataset.</summary>
public sealed class RepositoryPushes(
    RepositoryService repositories, Reauthorizer reauthorizer, SiteDatabase records, PushSessions pushes, PushCommits commits,
    RepositoryWriter writer, HeadReader heads, BlobIntake intake, DatasetLanes lanes)
{
    /// <summary>Begins to take in a push of git. The head must be the newest version that stays.</summary>
    /// <param name="caller">The pushing user; null for the adopted store of the dataset.</param>
    public async Task<Result<RepositoryPush>> BeginAsync(Caller? caller, PermanentVersions versions, CancellationToken ct)
    {
        long through = await records.ReadAsync(static queries => queries.AppliedSequence(), ct);
        Result<SiteDataset> dataset = caller is null
            ? (await heads.DatasetAsync(versions.Id, ct)).Then(found => DatasetState.RequireWritable(found, AdoptedFolder.Source))
            : await repositories.FindWritableAsync(caller, versions.Id, ct);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        if (await repositories.IsAheadAsync(dataset.Value, versions, ct)
            || dataset.Value.Repository?.Page != versions.Dataset.Repository?.Page)
        {
            return ErrorCode.Conflict.With("The dataset was changed by another push.");
        }

        string by = caller?.Name ?? AdoptedFolder.Source;
        Result<SiteSession> session = await pushes.StartAsync(versions.Id, dataset.Value.Snapshot, by, ct);
        return session.IsOk
            ? new RepositoryPush(
                caller, dataset.Value, through, session.Value, new PushedBlobs(pushes, intake, lanes, session.Value), reauthorizer, pushes,
                commits, writer, heads)
            : session.Error;
    }
}
