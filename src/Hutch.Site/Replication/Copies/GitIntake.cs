using Hutch.Model.Annex;
using Hutch.Model.Histories;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Repositories;

namespace Hutch.Site.Replication.Copies;

/// <summary>
/// Checks the git content of a complete copy before it gets records. The repository must have the files of one and no others; no present
/// object may be lost; and the content of each new key must match the key. A client drops its own content when this site reports that it
/// has it. Thread-safe.
/// </summary>
internal sealed class GitIntake(SiteDatabase records, BlobStore blobs, Tree tree)
{
    private readonly PageStore _pages = new(blobs);
    private readonly KeyTrees _keys = new();

    public async Task<Result<KeyTree>> ListLocalKeysAsync(DatasetId id, CancellationToken ct)
    {
        Result<LocalKeys?> here = await records.ReadConsistentAsync(
            queries => queries.Dataset(id) is { Copy: not null, Ended: null } copy
                ? _keys.Find(queries, copy).Then<LocalKeys?>(static keys => keys)
                : (LocalKeys?)null,
            ct);
        return !here.IsOk ? here.Error : here.Value is { } keys ? await _keys.TreeAsync(keys, ct) : KeyTree.Empty;
    }

    /// <summary>Returns the git content that a history names, or the error in it. All of it is here.</summary>
    /// <param name="isAnew">True if the copy begins anew: the repository here goes with another dataset.</param>
    /// <param name="check">Checks repositories; null where nothing reads them.</param>
    public async Task<Result<RepositoryContent>> ReadAsync(History history, bool isAnew, IRepositoryCheck? check, CancellationToken ct)
    {
        if (history.Repository is { } repository && await FindFaultAsync(history.Dataset.Id, repository, isAnew, check, ct) is { } fault)
        {
            return fault;
        }

        Result<KeyTree> here = isAnew ? KeyTree.Empty : await ListLocalKeysAsync(history.Dataset.Id, ct);
        Result<IReadOnlyList<StoredKey>> keys =
            !here.IsOk ? here.Error
            : history.Keys is { } there ? await here.Value.FindNewAsync(_pages, there.Tree, ct)
            : Result<IReadOnlyList<StoredKey>>.Ok([]);
        if (!keys.IsOk)
        {
            return keys.Error;
        }

        foreach (StoredKey key in keys.Value)
        {
            if (await FindFaultAsync(history.Dataset.Id, key, ct) is { } lie)
            {
                return lie;
            }
        }

        return new RepositoryContent(history.Repository?.Root, keys.Value);
    }

    private async Task<HutchError?> FindFaultAsync(
        DatasetId id, RepositoryFact repository, bool isAnew, IRepositoryCheck? check, CancellationToken ct)
    {
        TreeRoot? before = isAnew
            ? null
            : await records.ReadAsync(queries => queries.Dataset(id) is { Ended: null } here ? here.Repository : null, ct);
        if (before == repository.Tree)
        {
            return null;
        }

        if (repository.Root.Files > RepositoryLayout.MaxFiles)
        {
            return ErrorCode.TooLarge.With($"What git brought has {repository.Root.Files} files, more than {RepositoryLayout.MaxFiles}.");
        }

        var files = new List<PathEntry>();
        await foreach (PathEntry file in tree.EnumerateAsync(repository.Tree, cancellationToken: ct))
        {
            files.Add(file);
        }

        return RepositoryLayout.FindFault(files)
            ?? (check is null ? null : await check.FindFaultAsync(id, before, repository.Tree, ct));
    }

    private async Task<HutchError?> FindFaultAsync(DatasetId id, StoredKey key, CancellationToken ct)
    {
        if (KeyName.Parse(key.Name) is not { } name || name.Name != key.Name || KeyDigest.FindRefusal(name) is not null)
        {
            return ErrorCode.Unprocessable.With($"Its keys have {Display.Quote(key.Name)}, which is none that can be checked.");
        }

        if (await blobs.FindAsync(id, key.Hash, ct) is not { } content)
        {
            return ErrorCode.Unavailable.With($"The content of the key {key.Name} is no longer stored. It comes again.");
        }

        using KeyDigest digest = KeyDigest.Compute(name).Value;
        if (digest.IsToBeFed)
        {
            await foreach (ReadOnlyMemory<byte> part in content.ReadAsync(0, content.Size, ct))
            {
                digest.Append(part.Span);
            }
        }

        return content.Size != key.Size
            ? ErrorCode.Unprocessable.With($"Its keys say that {key.Hash} has {key.Size} bytes, and it has {content.Size}.")
            : digest.Finish(key.Hash, content.Size).Error;
    }
}
