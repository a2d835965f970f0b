using Hutch.DataLad.Annex;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Receiving;
using Hutch.DataLad.Store;
using Hutch.DataLad.Synthesis;
using Hutch.Datasets.Facility;
using Hutch.Model.Annex;

namespace Hutch.DataLad.Adopting;

/// <summary>Takes the commits of adopted RIA stores, as pushes of git are taken.</summary>
internal sealed class AdoptedRepositories(PermanentVersionService versions, RepositoryStore stored, ReceivePack receive)
    : IAdoptedRepositories
{
    private const int MaxNotices = 10;

    public string? FindFault(string repository)
    {
        Result<BareRepository> opened = BareRepository.Open(repository);
        if (opened.IsOk)
        {
            opened.Value.Dispose();
        }

        return opened.Error?.Message;
    }

    public async Task<Result<IReadOnlyList<string>>> TakeAsync(DatasetId dataset, string repository, CancellationToken ct)
    {
        if (!BareRepository.Open(repository).TryGet(out BareRepository? source, out HutchError? refusal)
            || !(await versions.ListOwnAsync(dataset, ct)).TryGet(out PermanentVersions? known, out refusal))
        {
            return refusal;
        }

        using (source)
        {
            try
            {
                return await TakeAsync(known, source, ct);
            }
            catch (HutchException e) when (e.InnerException is null)
            {
                return e.Error;
            }
        }
    }

    public async Task<DeadKeyList> FindDeadKeysAsync(DatasetId dataset, DeadKeyList? known, CancellationToken ct)
    {
        if (!(await versions.ListOwnAsync(dataset, ct)).TryGet(out PermanentVersions? own, out _)
            || (await stored.RefsAsync(own.Dataset, ct))?.Find(AnnexBranch.Ref) is not { } branch)
        {
            return new DeadKeyList("", new HashSet<string>());
        }

        if (known?.Branch == branch.ToString())
        {
            return known;
        }

        using ObjectStore objects = await stored.OpenAsync(own.Dataset, ct);
        var keys = new DeadKeys(objects, AnnexIds.StorageOf(dataset).ToString());
        return new DeadKeyList(branch.ToString(), keys.Read(branch, ct));
    }

    public async Task<Result<Done>> FillAsync(DatasetId dataset, CancellationToken ct)
    {
        try
        {
            await receive.FillAsync(dataset, ct);
            return Done.Value;
        }
        catch (HutchException e) when (e.InnerException is null)
        {
            return e.Error;
        }
    }

    private async Task<Result<IReadOnlyList<string>>> TakeAsync(PermanentVersions known, BareRepository source, CancellationToken ct)
    {
        RefTable here = await stored.RefsAsync(known.Dataset, ct) ?? RefTable.Empty;
        using ObjectStore objects = await stored.OpenAsync(known.Dataset, ct);
        IReadOnlyDictionary<string, ObjectId> refs = source.ReadRefs();
        RefCommand[] commands =
        [
            .. refs.Where(one => here.Find(one.Key) != one.Value && !IsMerged(one.Key, one.Value, here, objects, ct))
                .Select(one => new RefCommand(one.Key, here.Find(one.Key) ?? default, one.Value)),
        ];
        var notices = new List<string>(
            here.Shown.Where(one => !refs.ContainsKey(one.Key))
                .Select(static one => $"{Display.Quote(one.Key)} was removed from the store; its commits stay here."));
        if (commands.Length > 0)
        {
            // The objects of a ref that was refused before are not here: they come again, and the ref is named again.
            var request = new PushRequest(commands, new HashSet<string>(StringComparer.Ordinal)) { Main = source.ReadHead() };
            bool isComplete = commands.All(command => objects.Has(command.To));
            PushReport report = await receive.TakeAsync(
                known.Dataset.Id, request, isComplete ? null : new ForeignObjects(source.Folder, objects), ct);
            notices.AddRange(report.Refs.Where(static one => one.Refusal is not null)
                .Select(static one => $"{Display.Quote(one.Command.Name)} of the store stays as it was here: {one.Refusal}."));
        }

        return Result<IReadOnlyList<string>>.Ok([.. notices.Take(MaxNotices)]);
    }

    /// <summary>Returns true for the branch git-annex if the merged branch here has all of it.</summary>
    private static bool IsMerged(string name, ObjectId id, RefTable here, ObjectStore objects, CancellationToken ct) =>
        name == AnnexBranch.Ref && here.Find(name) is { } merged && objects.Has(id) && RefRules.IsAncestor(objects, id, merged, ct);
}
