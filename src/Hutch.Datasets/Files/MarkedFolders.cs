using Hutch.Site.Write.Entries;

namespace Hutch.Datasets.Files;

/// <summary>
/// Folders with a marker: those that an S3 client made by a key with a slash at its end. While such a folder has files, its marker is an
/// entry below <see cref="ReservedNames.MarkerFolder"/>, which only S3 shows; while it has none, it is an empty directory, too, which
/// every protocol shows.
/// </summary>
/// <remarks>
/// A marker counts only while its folder exists. So other protocols remove folders without knowledge of markers, and what they leave behind
/// is not shown. Each change is several commits in an order that keeps an acknowledged marker in every race.
/// </remarks>
public sealed class MarkedFolders(Authorizer authorizer, EntryChangeService changes, EntryWriter entries, HeadReader heads)
{
    private const int MaxAttempts = 20;
    private const int MarkersAtOnce = 1000;

    /// <summary>Puts the marker of a folder. Makes the folder if it does not exist.</summary>
    public async Task<Result<StoredEntry>> PutAsync(
        Caller caller, DatasetId id, DatasetPath folder, Entry directory, EntryCondition condition, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.EntryWrite, folder, ct);
        Result<Done> valid = access.IsOk ? EntryRules.CheckNew(folder, directory) : access.Error;
        if (!valid.IsOk)
        {
            return valid.Error;
        }

        Entry timed = changes.Timed(directory);
        if (ReservedNames.FolderMarker(folder) is not { } marker)
        {
            // A path of the greatest length: it is a folder without files, or none.
            return (await entries.PutAsync(id, folder, timed, null, condition, ct)).Then<StoredEntry>(
                isNew => new StoredEntry(timed, isNew));
        }

        Result<bool> hadMarker = (await FindAsync(id, marker, ct)).Then<bool>(found => found is not null);
        Result<bool> hadFolder = hadMarker.IsOk && !hadMarker.Value
            ? (await FindAsync(id, folder, ct)).Then<bool>(found => found is { Kind: EntryKind.EmptyDirectory })
            : false;
        for (int attempt = 0; attempt < MaxAttempts && hadMarker.IsOk && hadFolder.IsOk; attempt++)
        {
            // The marker comes first: a concurrent removal of the folder's last file sees it and makes the empty directory.
            bool isOfFolder = hadFolder.Value && attempt == 0;
            Result<bool> marked = await entries.PutAsync(
                id, marker, timed, null, isOfFolder || attempt > 0 ? EntryCondition.None : condition, ct);
            Result<bool> made = marked.IsOk
                ? await entries.PutAsync(id, folder, timed, null, isOfFolder ? condition : EntryCondition.None, ct)
                : marked.Error;
            if (!made.IsOk)
            {
                if (!marked.IsOk)
                {
                    return Named(marked.Error, marker, folder);
                }

                if (!hadMarker.Value)
                {
                    _ = await entries.RemoveAsync(id, marker, EntryCondition.None, ct);
                }

                return made.Error;
            }

            Result<Entry?> there = await FindAsync(id, marker, ct);
            if (there is { IsOk: true, Value: not null })
            {
                return new StoredEntry(timed, IsNew: !hadMarker.Value && !hadFolder.Value);
            }
        }

        return hadMarker.Error ?? hadFolder.Error
            ?? ErrorCode.Unavailable.With($"The folder '{folder}' changed too often. Try again.");
    }

    /// <summary>Removes the marker of a folder. The files of the folder stay; without files the folder goes, too.</summary>
    public async Task<Result<Done>> RemoveAsync(
        Caller caller, DatasetId id, DatasetPath folder, EntryCondition condition, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.EntryWrite, folder, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        Result<Entry> unmarked = ErrorCode.NotFound.With($"There is no marker of '{folder}'.");
        if (ReservedNames.FolderMarker(folder) is { } marker && (await FindAsync(id, marker, ct)) is { IsOk: true, Value: not null })
        {
            unmarked = await entries.RemoveAsync(id, marker, condition, ct);
            if (!unmarked.IsOk && unmarked.Error.Code != ErrorCode.NotFound)
            {
                return Named(unmarked.Error, marker, folder);
            }
        }

        EntryCondition ofFolder = (unmarked.IsOk ? EntryCondition.None : condition) with
        {
            IsThere = static entry => entry.Kind == EntryKind.EmptyDirectory,
        };
        Result<Entry> removed = await entries.RemoveAsync(id, folder, ofFolder, ct);
        return removed.IsOk || unmarked.IsOk ? Done.Value : removed.Error;
    }

    /// <summary>The marker of a folder of a version; null for none, or when the folder does not exist.</summary>
    public static async Task<Result<Entry?>> FindAsync(
        EntryService reader, Caller caller, DatasetId id, DatasetPath folder, SnapshotRef? at, CancellationToken ct)
    {
        Result<OpenedEntry> directory = await reader.OpenAsync(caller, id, folder, at, ct);
        if (directory is { IsOk: true, Value.Entry.Kind: not EntryKind.EmptyDirectory })
        {
            return (Entry?)null;
        }

        if (!directory.IsOk && directory.Error.Code != ErrorCode.NotFound)
        {
            return directory.Error;
        }

        Result<OpenedEntry> marker = ReservedNames.FolderMarker(folder) is { } path
            ? await reader.OpenAsync(caller, id, path, at, ct) : directory;
        if (directory.IsOk)
        {
            return marker.IsOk ? marker.Value.Entry : directory.Value.Entry;
        }

        if (!marker.IsOk)
        {
            return marker.Error.Code == ErrorCode.NotFound ? (Entry?)null : marker.Error;
        }

        Result<Listing> below = await reader.ListAsync(caller, id, at, new ListQuery { Prefix = folder.Value + "/", Limit = 1 }, ct);
        return below.Then<Entry?>(listing => listing.Items.Count > 0 ? marker.Value.Entry : null);
    }

    /// <summary>Makes empty directories of marked folders whose last entry was removed.</summary>
    /// <param name="removed">The removed paths.</param>
    public async Task<Result<Done>> KeepAsync(DatasetId id, IReadOnlyCollection<DatasetPath> removed, CancellationToken ct)
    {
        if (!removed.Any(static path => path.Parent is not null)
            || !(await ListAsync(id, ReservedNames.MarkerFolder, 1, ct)).TryGet(out Listing? markers, out HutchError? refusal)
            || markers.Items.Count == 0)
        {
            return Done.Value;
        }

        var looked = new HashSet<DatasetPath>();
        foreach (DatasetPath path in removed)
        {
            // A folder that is kept is an entry of those above it.
            foreach (DatasetPath folder in path.Ancestors().TakeWhile(looked.Add))
            {
                Result<bool> exists = await KeepAsync(id, folder, ct);
                if (!exists.IsOk)
                {
                    return exists.Error;
                }

                if (exists.Value)
                {
                    break;
                }
            }
        }

        return Done.Value;
    }

    /// <summary>Removes the markers of a dataset without other entries.</summary>
    public async Task<Result<Done>> ClearAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.EntryWrite, ct);
        while (access.IsOk)
        {
            if (!(await ListAsync(id, "", 1, ct)).TryGet(out Listing? others, out HutchError? refusal)
                || !(await ListAsync(id, ReservedNames.MarkerFolder, MarkersAtOnce, ct)).TryGet(out Listing? markers, out refusal))
            {
                return refusal;
            }

            if (others.Items.Count > 0 || markers.Items.Count == 0)
            {
                return Done.Value;
            }

            foreach (ListItem marker in markers.Items)
            {
                Result<Entry> removed = await entries.RemoveAsync(id, DatasetPath.Parse(marker.Path).Value, EntryCondition.None, ct);
                if (!removed.IsOk && removed.Error.Code != ErrorCode.NotFound)
                {
                    return removed.Error;
                }
            }
        }

        return access.Error;
    }

    /// <summary>Returns true if the folder exists: it has entries, or it is marked and is an empty directory now.</summary>
    private async Task<Result<bool>> KeepAsync(DatasetId id, DatasetPath folder, CancellationToken ct)
    {
        Result<Listing> below = await ListAsync(id, folder.Value + "/", 1, ct);
        if (!below.IsOk || below.Value.Items.Count > 0)
        {
            return below.Then<bool>(_ => true);
        }

        if (ReservedNames.FolderMarker(folder) is not { } marker
            || !(await FindAsync(id, marker, ct)).TryGet(out Entry? marked, out HutchError? refusal)
            || marked is null)
        {
            return false;
        }

        Result<bool> made = await entries.PutAsync(id, folder, marked, null, EntryCondition.None, ct);
        if (made.IsOk && (await FindAsync(id, marker, ct)) is { IsOk: true, Value: null })
        {
            // Another request has removed the marker.
            _ = await entries.RemoveAsync(id, folder, new EntryCondition { IsThere = marked.Equals }, ct);
        }

        return made.IsOk || made.Error.Code == ErrorCode.PathConflict ? true : made.Error;
    }

    /// <summary>An error about a marker, with the name of its folder.</summary>
    private static HutchError Named(HutchError error, DatasetPath marker, DatasetPath folder) =>
        error with { Message = error.Message.Replace($"'{marker}'", $"'{folder}/'", StringComparison.Ordinal) };

    private async ValueTask<Result<Entry?>> FindAsync(DatasetId id, DatasetPath path, CancellationToken ct)
    {
        Result<TreeView> head = await heads.ResolveAsync(id, null, ct);
        return head.IsOk ? await heads.FindAsync(head.Value, path, ct) : head.Error;
    }

    private async ValueTask<Result<Listing>> ListAsync(DatasetId id, string prefix, int limit, CancellationToken ct)
    {
        Result<TreeView> head = await heads.ResolveAsync(id, null, ct);
        return head.IsOk ? await heads.ListAsync(head.Value, new ListQuery { Prefix = prefix, Limit = limit }, ct) : head.Error;
    }
}
