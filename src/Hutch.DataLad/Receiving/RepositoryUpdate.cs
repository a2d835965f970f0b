using System.Collections.Immutable;
using System.IO.Pipelines;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Packs;
using Hutch.DataLad.Store;
using Hutch.DataLad.Synthesis;
using Hutch.Site.Write.Repositories;

namespace Hutch.DataLad.Receiving;

/// <summary>
/// A change in progress of a dataset's stored git repository. Each change also records the commits of versions that came by other ways: a
/// commit that was once given out stays that commit. For one thread.
/// </summary>
internal sealed class RepositoryUpdate
{
    private readonly Repository _repository;
    private readonly ImmutableSortedDictionary<string, ObjectId>.Builder _refs;
    private readonly List<(string Tag, long Number)> _tags = [];

    public RepositoryUpdate(Repository repository, string main)
    {
        _repository = repository;
        Main = main;
        _refs = (repository.Imported ?? RefTable.Empty).Refs.ToBuilder();
        foreach (GitCommit commit in repository.Main.Concat(repository.Tagged))
        {
            _refs[RefTable.NameOfVersion(commit.Snapshot.Number)] = commit.Id;
        }

        if (repository.Tip is { } tip)
        {
            _refs[main] = tip;
        }

        if (repository.Annex is { } annex)
        {
            _refs[AnnexBranch.Ref] = annex;
        }
    }

    public string Main { get; }

    /// <summary>The most bytes that refs of a new repository take, with the files beside them.</summary>
    public static long MostBytesOfRefs(IReadOnlyCollection<RefCommand> commands)
    {
        const int WithoutRefs = 1024;
        const int OfId = 42;
        return WithoutRefs + commands.Sum(static command => OfId + Encoding.UTF8.GetByteCount(command.Name));
    }

    public void Set(string name, ObjectId id) => _refs[name] = id;

    /// <summary>Removes a ref. Its history stays, under a hidden name.</summary>
    public void Remove(string name)
    {
        if (_refs.Remove(name, out ObjectId id))
        {
            _refs[RefTable.NameOfRemoved(name, id)] = id;
        }
    }

    public void SetVersion(long number, ObjectId commit)
    {
        _refs[RefTable.NameOfVersion(number)] = commit;
        _refs[Main] = commit;
    }

    /// <summary>Puts a tag of git on the version that its commit is, where it is one and the name can be a tag.</summary>
    public void Tag(string name, ObjectId commit)
    {
        string tag = name[RefRules.TagPrefix.Length..];
        long number = _repository.Main.Concat(_repository.Tagged).LastOrDefault(one => one.Id == commit)?.Snapshot.Number
            ?? (_refs.TryGetValue(Main, out ObjectId tip) && tip == commit ? NewestVersion() : 0);
        if (number > 0 && SnapshotRef.ParseTag(tag).IsOk)
        {
            _tags.Add((tag, number));
        }
    }

    /// <summary>Stores the change, all or nothing.</summary>
    /// <param name="changes">The changes of the head; null if no version is made.</param>
    /// <param name="packs">The new pack, null for none, and the packs that it replaces.</param>
    public async Task CommitAsync(
        RepositoryPush push, IReadOnlyList<TreeChange>? changes, string? message,
        (OpenPack? Added, IReadOnlyList<OpenPack> Replaced) packs, CancellationToken ct)
    {
        var refs = new RefTable(Main, _refs.ToImmutable());
        var files = new List<TreeChange>
        {
            await FileAsync(push, RepositoryLayout.HeadFile, refs.ToHead(), ct),
            await FileAsync(push, RepositoryLayout.RefsFile, refs.ToPacked(), ct),
            await FileAsync(push, RepositoryLayout.ConfigurationFile, RepositoryLayout.Configuration.ToArray(), ct),
        };
        foreach (OpenPack old in packs.Replaced)
        {
            files.Add(new TreeChange(DatasetPath.Parse(old.Path + RepositoryLayout.PackEnd).Value, null));
            files.Add(new TreeChange(DatasetPath.Parse(old.Path + RepositoryLayout.IndexEnd).Value, null));
        }

        if (packs.Added is { } added)
        {
            Entry stored = await push.AddAsync(PipeReader.Create(new PackStream(added.Pack)), added.Pack.Length, ct);
            files.Add(new TreeChange(DatasetPath.Parse(added.Path + RepositoryLayout.PackEnd).Value, stored));
            files.Add(await FileAsync(push, added.Path + RepositoryLayout.IndexEnd, added.Index.Bytes, ct));
        }

        _ = (await push.CommitAsync(changes, message, files, _tags, ct)).Value;
    }

    private long NewestVersion() => _refs.Keys.Where(static name => name.StartsWith("refs/hutch/versions/", StringComparison.Ordinal))
        .Max(static name => long.Parse(name[(name.LastIndexOf('/') + 1)..], System.Globalization.CultureInfo.InvariantCulture));

    private static async Task<TreeChange> FileAsync(RepositoryPush push, string path, ReadOnlyMemory<byte> content, CancellationToken ct) =>
        new(DatasetPath.Parse(path).Value, await push.AddAsync(content, ct));
}
