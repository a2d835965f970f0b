using Hutch.Site.Write.Entries;

namespace Hutch.Dav;

/// <summary>A path in the head of a dataset that the caller may change here.</summary>
/// <param name="Node">The file or folder at the path; null for none.</param>
internal sealed record DavLocation(DavContext Dav, DavTarget Target, DavVersion Version, DavNode? Node)
{
    public DatasetId Dataset => Version.Dataset;

    /// <summary>The path as locks name it: empty for the dataset itself.</summary>
    public string Key => Target.Path?.Value ?? "";

    /// <summary>The path; a dataset itself is refused, as its name and life are not changed over WebDAV.</summary>
    public DatasetPath Path => Target.Path ?? throw (DavErrors.ReadOnly with
    {
        Advice = "Rename or delete a dataset in the portal, or with `hutch`.",
    }).With("Only files and folders in a dataset are changed over WebDAV, not the dataset itself.").ToException();

    public static async ValueTask<DavLocation> FindAsync(DavContext dav, DoorRequest request, DavTarget target, CancellationToken ct)
    {
        DavVersion version = await DavVersion.FindAsync(dav, request, target, ct);
        HutchError? refusal = version.At is not null
            ? DavErrors.ReadOnly.With($"{Display.Quote(target.Name)} is a version, which never changes.")
            : await dav.Router.CheckWritableAsync(request.Caller, version.Dataset, ct) is { } elsewhere
            ? elsewhere with { Code = elsewhere.Code with { Status = StatusCodes.Status403Forbidden } }
            : await FindRefusalAsync(dav, request, version.Dataset, target.Path, ct);
        return refusal is not null
            ? throw refusal.ToException()
            : new DavLocation(dav, target, version, await version.FindAsync(target.Path, ct));
    }

    private static ValueTask<HutchError?> FindRefusalAsync(
        DavContext dav, DoorRequest request, DatasetId dataset, DatasetPath? path, CancellationToken ct) => path is { } one
        ? dav.Files.Changes.FindRefusalAsync(request.Caller, dataset, one, ct)
        : dav.Files.Changes.FindRefusalAsync(request.Caller, dataset, ct);

    /// <summary>The file or folder, which must exist; an address with a slash at its end names no file.</summary>
    public DavNode Required() =>
        Node is { } node && (node.IsFolder || !Target.HasSlash) ? node : throw DavVersion.None(Target).ToException();

    /// <summary>Refuses a request with a condition that does not hold for the file or folder.</summary>
    public void RequireMet() => Version.RequireMet(Target, Node);

    public async ValueTask RequireParentAsync(CancellationToken ct)
    {
        if (Path.Parent is { } parent && await Version.FindAsync(parent, ct) is not { IsFolder: true })
        {
            throw ErrorCode.PathConflict.With($"There is no folder {Display.Quote(parent.Value)}. Create it first.").ToException();
        }
    }

    /// <summary>Returns the refusal of a change because of a lock whose token was not sent; null for none.</summary>
    public HutchError? FindLocked(DavIf condition, bool isDeep, bool isOfMember) =>
        Dav.Locks.FindBlocking(
            Dataset, new DavChange(Key, isDeep, isOfMember), DavLock.UserOf(Version.Request.Caller), condition.Tokens) is { } blocking
            ? DavErrors.OfLock(blocking)
            : null;

    public void RequireUnlocked(DavIf condition, bool isDeep, bool isOfMember)
    {
        if (FindLocked(condition, isDeep, isOfMember) is { } locked)
        {
            throw locked.ToException();
        }
    }

    /// <summary>Removes the file, or the folder with all below it.</summary>
    public async Task RemoveAsync(EntryCondition condition, CancellationToken ct)
    {
        Caller caller = Version.Request.Caller;
        if (Node!.Opened is { } opened)
        {
            bool isFolder = Node.IsFolder;
            EntryCondition kind = condition with { IsThere = entry => (entry.Kind == EntryKind.EmptyDirectory) == isFolder };
            _ = (await Dav.Files.Changes.RemoveAsync(caller, Dataset, opened.Path, kind, ct)).Value;
        }
        else
        {
            _ = (await Dav.Files.Moves.RemoveAsync(caller, Dataset, [Path.Value], null, ct)).Value;
        }

        Dav.Locks.Forget(Dataset, Key);
    }

    /// <summary>Keeps the folder above as an empty one, after its last file or folder was removed.</summary>
    public async Task KeepParentAsync(CancellationToken ct)
    {
        if (Path.Parent is { } parent && await Version.FindAsync(parent, ct) is null)
        {
            // A failure is ignored: another client may have made the folder, or the quota is full, but the removal succeeded.
            _ = await Dav.Files.Changes.PutAsync(
                Version.Request.Caller, Dataset, parent, Entry.Directory(0), new EntryCondition { MustNotExist = true }, ct);
        }
    }
}
