using System.Buffers;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Packs;
using Hutch.DataLad.Store;
using Hutch.DataLad.Synthesis;
using Hutch.DataLad.Wire;
using Hutch.Site.Platform.Locks;

namespace Hutch.DataLad.Receiving;

/// <summary>Takes in pushes of git (gitprotocol-pack): all refs that may move do so together with the version that they make.</summary>
/// <remarks>
/// The flow of a push of git; the code repeats the numbers:
/// <para>1. A push waits for one of few places, since a pack is large.</para>
/// <para>2. The pack is received into a scratch file, waits for the pushes of the dataset before it, and is unpacked into an indexed pack.
/// From here on, all is done again if the dataset changes meanwhile: only a push whose own refs were moved is refused.</para>
/// <para>3. Each command is accepted or refused by the rules of refs and rights.</para>
/// <para>4. All new objects are checked to be complete and well-formed.</para>
/// <para>5. The version of the pushed main branch is found: its tree against the tip.</para>
/// <para>6. A new dataset is made, if the push makes one.</para>
/// <para>7. The branch of git-annex is merged, and refs and version are committed together.</para>
/// </remarks>
internal sealed class ReceivePack(
    RepositoryService service, RepositoryPushes pushes, PermanentVersionService versions, Repositories repositories, RepositoryStore stored,
    Func<string> zone, IDisk disk, string folder, DataLadOptions options) : IDisposable
{
    private const int MaxNamedPaths = 5;

    /// <summary>
    /// The most attempts to apply a push while the dataset changes. Pushes to a dataset through this server
    /// run one after another; those through other servers of the site, and changes by other interfaces, do not.
    /// </summary>
    private const int MaxAttempts = 5;

    private readonly PackGate _gate = new(options.ConcurrentPushes, options.MaxWaiting);
    private readonly KeyedLock<DatasetId> _turns = new();

    /// <summary>The server's capabilities, and its refs: the first answer of a conversation.</summary>
    public static void Advertise(IBufferWriter<byte> output, IReadOnlyList<(string Name, ObjectId Id)> refs)
    {
        const string Capabilities = "report-status delete-refs side-band-64k ofs-delta no-thin atomic quiet object-format=sha1 agent=hutch";
        PktLines.Text(output, "# service=git-receive-pack");
        PktLines.Flush(output);
        string more = "\0" + Capabilities;
        foreach ((string name, ObjectId id) in refs)
        {
            PktLines.Text(output, $"{id} {name}{more}");
            more = "";
        }

        if (more.Length > 0)
        {
            PktLines.Text(output, $"{default(ObjectId)} capabilities^{{}}{more}");
        }

        PktLines.Flush(output);
    }

    /// <summary>
    /// Opens the repository for a push: changes that came by other ways since the last version become a version, and absent files whose
    /// content has come become files.
    /// </summary>
    public Task<Repository> PrepareAsync(Caller caller, DatasetId id, CancellationToken ct) =>
        RetryAsync(() => PrepareOnceAsync(caller, id, ct));

    /// <summary>
    /// Receives a push of a caller with the right to push or to create the dataset. A pack is large: few are received at once.
    /// </summary>
    /// <param name="id">The dataset; null for one that the push makes.</param>
    /// <param name="make">Makes the dataset once its content is certain. It takes the number of bytes and of files.</param>
    /// <exception cref="HutchException">Nothing was changed.</exception>
    public async Task<PushReport> ReceiveAsync(
        Caller caller, DatasetId? id, Func<long, long, Task<Result<MadeDataset>>> make, PushRequest request, Stream body,
        CancellationToken ct)
    {
        // Step 1.
        using IDisposable slot = await _gate.EnterAsync(ct);
        using IDiskFile scratch = NewScratch();
        // Step 2.
        ReceivedPack? received = await ReceivedPack.ReadAsync(body, scratch, options.MaxPushBytes, ct);
        if (id is not { } there)
        {
            MadeDataset? made = null;
            try
            {
                return await AcceptAsync(
                    caller, null, async (bytes, files) => made = (await make(bytes, files)).Value, request, received, ct);
            }
            catch (HutchException e) when (made is not null && IsOvertaken(e.Error))
            {
                // Another push to the same new name came first: this one is applied to what that left.
                there = made.Value.Id;
            }
        }

        using IDisposable mutex = await _turns.EnterAsync(there, ct);
        bool isAgain = false;
        return await RetryAsync(
            async () =>
            {
                // Pushes of different refs exclude each other no more than in git: each is applied to what the one before left.
                Repository repository = isAgain ? await PrepareOnceAsync(caller, there, ct) : await OpenAsync(caller, there, ct);
                isAgain = true;
                return await AcceptAsync(caller, repository, null, request, received, ct);
            });
    }

    /// <summary>Takes what the adopted store of a dataset has, by the rules of pushes.</summary>
    /// <param name="objects">The objects that the dataset does not have; null for none.</param>
    /// <exception cref="HutchException">Nothing was changed.</exception>
    public async Task<PushReport> TakeAsync(DatasetId id, PushRequest request, IPushedObjects? objects, CancellationToken ct)
    {
        using IDisposable slot = await _gate.EnterAsync(ct);
        using IDisposable mutex = await _turns.EnterAsync(id, ct);
        return await RetryAsync(async () => await AcceptAsync(null, await OpenAsync(null, id, ct), null, request, objects, ct));
    }

    /// <summary>Makes absent files of an adopted store whose content has come files, in a version of the same commit.</summary>
    public async Task FillAsync(DatasetId id, CancellationToken ct)
    {
        using IDisposable mutex = await _turns.EnterAsync(id, ct);
        PermanentVersions permanent = (await versions.ListOwnAsync(id, ct)).Value;
        if (await service.HasNewContentAsync(permanent.Dataset, ct))
        {
            await FillAsync(null, permanent, ct);
        }
    }

    public void Dispose() => _gate.Dispose();

    private static bool IsOvertaken(HutchError error) => error.Code == ErrorCode.Conflict || error.Code == ErrorCode.Overtaken;

    private static async Task<T> RetryAsync<T>(Func<Task<T>> attempt)
    {
        for (int attempts = 1; ; attempts++)
        {
            try
            {
                return await attempt();
            }
            catch (HutchException e) when (attempts < MaxAttempts && IsOvertaken(e.Error))
            {
                // The dataset changed after it was read: it is read again.
            }
        }
    }

    /// <summary>Decides on a push that was received, and makes its changes.</summary>
    /// <param name="caller">The pushing user; null for the adopted store of the dataset.</param>
    private async Task<PushReport> AcceptAsync(
        Caller? caller, Repository? repository, Func<long, long, Task<MadeDataset?>>? make, PushRequest request,
        IPushedObjects? received, CancellationToken ct)
    {
        using var writer = new GitPackWriter(NewScratch(), options.MaxObjects, isIndexed: true);
        received?.Unpack(writer, options, ct);
        using ObjectStore store = repository is null ? new ObjectStore() : await OpenAsync(repository, writer, ct);
        PackSet packs = NewSet(store, writer);
        // Step 3.
        (RefCommand Command, string? Refusal)[] decided = await DecideAsync(caller, repository, request, store, ct);
        RefCommand[] accepted = Accepted(decided);
        // Step 4.
        var rules = new ObjectRules(store, one => !packs.IsNew(one));
        foreach (RefCommand command in accepted.Where(static command => !command.IsRemoval))
        {
            rules.Check(command.To, ct);
        }

        string main = RefRules.ChooseMain(repository, accepted, request.Main);
        // Step 5.
        var version = PushedVersion.Find(main, repository?.Tip, accepted, new TreeChanges(store, options.MaxFiles), store, ct);
        if (accepted.Length == 0)
        {
            return new PushReport(decided, []);
        }

        // Step 6.
        if (repository is null)
        {
            (long bytes, long files) = version?.Measure(store) ?? default;
            MadeDataset made = (await make!(bytes + packs.NewBytes + RepositoryUpdate.MostBytesOfRefs(accepted), files))!.Value;
            repository = made.IsNew
                ? await OpenAsync(caller, made.Id, ct)
                : throw ErrorCode.Overtaken.With("Another push made the dataset.").ToException();

            // A caller with the right to create a dataset for a group need not have all rights in it.
            decided = await DecideAsync(caller, repository, request, store, ct);
            accepted = Accepted(decided);
        }

        // Step 7.
        MergeAnnex(repository, accepted, store, packs, ct);
        await using RepositoryPush push = (await pushes.BeginAsync(caller, repository.Permanent, ct)).Value;
        List<string> words = await CommitAsync(push, new RepositoryUpdate(repository, main), accepted, version, store, packs, ct);
        return new PushReport(decided, request.Capabilities.Contains("quiet") ? [.. words.Skip(1)] : words);
    }

    private async Task<Repository> PrepareOnceAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        _ = (await service.FixAsync(caller, (await versions.ListAsync(caller, id, ct)).Value, ct)).Value;
        PermanentVersions permanent = (await versions.ListAsync(caller, id, ct)).Value;
        if (await service.HasNewContentAsync(permanent.Dataset, ct))
        {
            await FillAsync(caller, permanent, ct);
            permanent = (await versions.ListAsync(caller, id, ct)).Value;
        }

        return await repositories.OpenAsync(permanent, ct);
    }

    private static RefCommand[] Accepted(IEnumerable<(RefCommand Command, string? Refusal)> decided) =>
        [.. decided.Where(static one => one.Refusal is null).Select(static one => one.Command)];

    private async Task<Repository> OpenAsync(Caller? caller, DatasetId id, CancellationToken ct) => await repositories.OpenAsync(
        (caller is null ? await versions.ListOwnAsync(id, ct) : await versions.ListAsync(caller, id, ct)).Value, ct);

    /// <summary>Gathers the objects that are not recorded yet, and opens all that are.</summary>
    private async Task<ObjectStore> OpenAsync(Repository repository, GitPackWriter writer, CancellationToken ct)
    {
        if (repository.Main.Count + repository.Tagged.Count > 0)
        {
            await repositories.GatherUnrecordedAsync(repository, writer, ct);
        }

        return await stored.OpenAsync(repository.Permanent.Dataset, ct);
    }

    private PackSet NewSet(ObjectStore store, GitPackWriter writer)
    {
        var packs = new PackSet(store, NewScratch);
        packs.Add(writer);
        return packs;
    }

    /// <summary>Merges the pushed branch git-annex with the present one, which is never replaced, not even by force.</summary>
    private void MergeAnnex(Repository repository, RefCommand[] accepted, ObjectStore store, PackSet packs, CancellationToken ct)
    {
        int at = Array.FindIndex(accepted, static command => command.Name == AnnexBranch.Ref);
        if (at < 0 || repository.Annex is not { } now || RefRules.IsAncestor(store, now, accepted[at].To, ct))
        {
            return;
        }

        if (RefRules.IsAncestor(store, accepted[at].To, now, ct))
        {
            accepted[at] = accepted[at] with { To = now };
            return;
        }

        using var writer = new GitPackWriter(NewScratch(), options.MaxObjects, isIndexed: true);
        accepted[at] = accepted[at] with { To = new AnnexMerge(store, writer, zone()).Merge(now, accepted[at].To, ct) };
        packs.Add(writer);
    }

    private async Task<(RefCommand Command, string? Refusal)[]> DecideAsync(
        Caller? caller, Repository? repository, PushRequest request, ObjectStore store, CancellationToken ct)
    {
        var refs = repository?.Refs().ToDictionary(static one => one.Name, static one => one.Id, StringComparer.Ordinal) ?? [];
        bool mustManage = request.Commands.Any(static one => one.IsRemoval || one.IsTag);
        HutchError? notManaged = caller is not null && repository is not null && mustManage
            ? await service.FindTagRefusalAsync(caller, repository.Permanent.Id, ct)
            : null;
        var names = new SortedSet<string>(refs.Keys.Append(AnnexBranch.Ref), StringComparer.Ordinal);
        var decided = new (RefCommand Command, string? Refusal)[request.Commands.Count];

        // Removals first: they make room for others.
        foreach ((RefCommand command, int at) in request.Commands.Select(static (one, at) => (one, at)).OrderBy(one => !one.one.IsRemoval))
        {
            ObjectId now = refs.GetValueOrDefault(command.Name);
            string? refusal = command switch
            {
                _ when (command.IsRemoval || command.IsTag) && notManaged is not null => notManaged.Message,
                { IsRemoval: false } => RefRules.FindRefusal(command, now, store, ct),
                _ when repository is null || now.IsZero => "there is no such branch or tag",
                _ => RefRules.FindRefusalOfRemoval(command, now, repository),
            };
            if (refusal is null && now.IsZero && RefRules.FindInTheWay(command.Name, names) is { } other)
            {
                refusal = $"'{other}' is in the way: git keeps branches and tags as files, and none can be a folder too";
            }

            decided[at] = (command, refusal);
            if (refusal is null)
            {
                _ = command.IsRemoval ? names.Remove(command.Name) : names.Add(command.Name);
            }
        }

        return request.Capabilities.Contains("atomic") && decided.Any(static one => one.Refusal is not null)
            ? [.. decided.Select(static one => (one.Command, one.Refusal ?? "another branch was refused, and all or none was asked for"))]
            : decided;
    }

    private async Task<List<string>> CommitAsync(
        RepositoryPush push, RepositoryUpdate update, RefCommand[] accepted, PushedVersion? version, ObjectStore store, PackSet packs,
        CancellationToken ct)
    {
        var words = new List<string>();
        IReadOnlyList<TreeChange>? changes = null;
        if (version is not null)
        {
            var head = new HeadChanges(push, versions, store, version.Commit.Seconds);
            changes = await head.MakeAsync(version.Changes, ct);
            update.SetVersion(push.Dataset.LastNumber + 1, version.Id);
            words = WordsOf(push.Dataset.LastNumber + 1, head);
        }

        foreach (RefCommand command in accepted)
        {
            if (command.IsRemoval)
            {
                update.Remove(command.Name);
                continue;
            }

            update.Set(command.Name, command.To);
            if (command.IsTag)
            {
                update.Tag(command.Name, TargetOf(store, command.To));
            }
        }

        await update.CommitAsync(push, changes, version?.Message, packs.Finish(ct), ct);
        return words;
    }

    /// <summary>Makes a version of the same commit in which the files are there whose content has come.</summary>
    private async Task FillAsync(Caller? caller, PermanentVersions permanent, CancellationToken ct)
    {
        Repository repository = await repositories.OpenAsync(permanent, ct);
        await using RepositoryPush push = (await pushes.BeginAsync(caller, permanent, ct)).Value;
        using var writer = new GitPackWriter(NewScratch(), options.MaxObjects, isIndexed: true);
        using ObjectStore store = await OpenAsync(repository, writer, ct);
        PackSet packs = NewSet(store, writer);
        var head = new HeadChanges(push, versions, store, 0);
        var changes = new List<TreeChange>();
        (long files, long absent) = (0, 0);
        await foreach (PathEntry file in versions.EnumerateAsync(push.Dataset.Root, ct))
        {
            if (await head.ArriveAsync(file.Entry, ct) is { } arrived)
            {
                changes.Add(new TreeChange(file.Path, arrived));
            }
            else if (HeadChanges.KeyOf(file.Entry) is not null)
            {
                absent++;
            }
            else if (file.Entry.Kind != EntryKind.File)
            {
                continue;
            }

            files++;
        }

        var update = new RepositoryUpdate(repository, repository.MainRef);
        if (changes.Count > 0 && repository.Tip is { } tip)
        {
            update.SetVersion(push.Dataset.LastNumber + 1, tip);
        }

        await update.CommitAsync(
            push, changes.Count > 0 && repository.Tip is not null ? changes : null, $"{files - absent} of {files} files present",
            packs.Finish(ct), ct);
    }

    /// <summary>The messages for the pushing user: the version first, then the warnings that matter even for a quiet push.</summary>
    private static List<string> WordsOf(long number, HeadChanges head)
    {
        var words = new List<string> { $"Version @{number} of the dataset." };
        int coming = head.Absent - head.Uncheckable.Count;
        if (coming > 0)
        {
            words.Add($"Files without content so far: {coming}. `datalad push` or `git annex copy` sends it.");
        }

        if (head.Uncheckable.Count > 0)
        {
            words.Add(
                $"Files that stay links, as their keys have no digest that the server can check: {head.Uncheckable.Count}, such as "
                + $"{Named(head.Uncheckable)}. `git annex migrate` gives them other keys.");
        }

        if (head.OnlyInGit.Count > 0)
        {
            words.Add(
                $"Paths kept in git only, as a dataset cannot have such names: {head.OnlyInGit.Count}, such as {Named(head.OnlyInGit)}");
        }

        return words;

        static string Named(List<string> paths) =>
            string.Join(", ", paths.Take(MaxNamedPaths).Select(Display.Quote)) + (paths.Count > MaxNamedPaths ? ", …" : "");
    }

    private static ObjectId TargetOf(ObjectStore store, ObjectId id)
    {
        while (store.Find(id) is { Kind: ObjectKind.Tag } tag)
        {
            id = GitHeaders.TargetOfTag(tag.Content);
        }

        return id;
    }

    private IDiskFile NewScratch() => ScratchFile.Open(disk, folder, Guid.NewGuid());
}
