using Hutch.Model.Annex;
using Hutch.Site.Write.Pushes;
using Hutch.Site.Write.Repositories;

namespace Hutch.Datasets.Repositories;

/// <summary>
/// Unreferenced uploads of a dataset: pushes under way, and content of keys of git-annex. They count in the owner's quota, so that users
/// that manage the dataset see them and may end them, also those of other senders.
/// </summary>
public sealed class UnreferencedUploads(
    Authorizer authorizer, HeadReader heads, SiteDatabase records, PushSessions pushes, ExpiredAnnexKeys keys, IKeyNames? names,
    TimeProvider time)
{
    /// <summary>Lists pushes first, then keys in the order of their names.</summary>
    /// <param name="after">The key after which to continue; empty for the beginning.</param>
    public async Task<Result<Batch<UnreferencedUpload>>> ListAsync(
        Caller caller, DatasetId id, string after, int limit, CancellationToken ct)
    {
        Result<SiteDataset> found = await FindAsync(caller, id, ct);
        if (!found.TryGet(out SiteDataset? dataset, out HutchError? refusal))
        {
            return refusal;
        }

        var items = new List<UnreferencedUpload>();
        if (after.Length == 0)
        {
            items.AddRange(await ListPushesAsync(dataset, ct));
        }

        IReadOnlyList<StoredKey> page = names is null
            ? []
            : await records.ReadAsync(queries => queries.StoredKeys(dataset.Key, after, limit), ct);
        items.AddRange(await ListKeysAsync(dataset, page, ct));
        return new Batch<UnreferencedUpload>(items, page.Count == limit ? page[^1].Name : null);
    }

    /// <summary>Ends one of them. A key that something names stays.</summary>
    public async Task<Result<Done>> EndAsync(Caller caller, DatasetId id, string item, CancellationToken ct)
    {
        Result<SiteDataset> found = await FindAsync(caller, id, ct);
        if (!found.TryGet(out SiteDataset? dataset, out HutchError? refusal))
        {
            return refusal;
        }

        return Guid.TryParse(item, out Guid push) ? await pushes.EndAsync(push, id, ct)
            : KeyName.Parse(item) is { } key ? await EndKeyAsync(dataset, key.Name, ct)
            : ErrorCode.NotFound.With($"{Display.Quote(item)} is neither a push nor a key.");
    }

    private async Task<Result<SiteDataset>> FindAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.SentChange, ct);
        return access.IsOk ? await heads.DatasetAsync(id, ct) : access.Error;
    }

    private ValueTask<IReadOnlyList<UnreferencedUpload>> ListPushesAsync(SiteDataset dataset, CancellationToken ct) =>
        records.ReadConsistentAsync<IReadOnlyList<UnreferencedUpload>>(
            queries =>
            [
                .. queries.SessionsOf(dataset.Key).Select(queries.Session).OfType<SiteSession>().Where(static session => !session.IsCopy)
                    .OrderBy(static session => session.Started).Select(session => new UnreferencedUpload(
                        session.Id.ToString("N"), UnreferencedUploadKind.Push, session.Author, queries.SentBy(session.Id),
                        session.Started,
                        session.Expires)),
            ],
            ct);

    private async Task<IReadOnlyList<UnreferencedUpload>> ListKeysAsync(
        SiteDataset dataset, IReadOnlyList<StoredKey> page, CancellationToken ct)
    {
        if (page.Count == 0 || names is not { } named)
        {
            return [];
        }

        IReadOnlyList<StoredKey> unnamed = await named.FindUnnamedAsync(dataset, page, ct);
        bool mayEnd = named.Days > 0 && RepositoryWriter.MayDropKeys(dataset);
        return await records.ReadAsync<IReadOnlyList<UnreferencedUpload>>(
            queries =>
            [
                .. unnamed.Select(key => (Key: key, Held: queries.KeyStoredAt(dataset.Key, key.Name)))
                    .Where(static one => one.Held is not null).Select(one => new UnreferencedUpload(
                        one.Key.Name, UnreferencedUploadKind.Key, null, one.Key.Size, one.Held!.Value,
                        mayEnd && one.Held > 0 ? one.Held + (long)TimeSpan.FromDays(named.Days).TotalMilliseconds : null)),
            ],
            ct);
    }

    private async Task<Result<Done>> EndKeyAsync(SiteDataset dataset, string name, CancellationToken ct)
    {
        // git-lfs and git-annex may use different keys for the same content, one of them named: these keys end together, or stay.
        IReadOnlyList<StoredKey> same = await records.ReadAsync(
            queries => queries.StoredKey(dataset.Key, name) is { } key ? queries.StoredKeysOf(dataset.Key, key.Hash) : [], ct);
        if (same.Count == 0 || names is not { } named)
        {
            return ErrorCode.NotFound.With($"The content of {Display.Quote(name)} was not sent to this dataset.");
        }

        if (!RepositoryWriter.MayDropKeys(dataset))
        {
            return ErrorCode.Conflict.With("A closed dataset keeps all content that was sent to it.");
        }

        if ((await named.FindUnnamedAsync(dataset, same, ct)).Count < same.Count)
        {
            return ErrorCode.Conflict.With($"A commit, a branch or a version names {Display.Quote(name)}, so that it stays.");
        }

        DateTimeOffset untilNow = time.GetUtcNow().AddMilliseconds(1);
        return await keys.DropAsync(dataset, [.. same.Select(static key => key.Name)], untilNow, ct) > 0
            ? Done.Value
            : (ErrorCode.Conflict with { Advice = "End the pushes that are under way, or try again in a minute." }).With(
                "The dataset is being changed, and what is on its way may name the key.");
    }
}
