using Hutch.Disk;
using Hutch.Disk.Folders;
using Hutch.Model.Placement;
using Hutch.Types.Documents;
using Hutch.Types.Yaml;

namespace Hutch.Types.Catalog;

/// <summary>
/// The types of a server: built-in ones and those in a folder of the site, which is read at the start and every few seconds. An invalid
/// file leaves out its type and affects nothing else.
/// </summary>
/// <remarks>Thread-safe. Reading <see cref="Current"/> touches no disk.</remarks>
public sealed class TypeLibrary : ITypeLineages
{
    public const int MaxFiles = 500;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(3);

    private readonly IDisk _disk;
    private readonly string? _folder;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private IReadOnlyList<TypeFile>? _read;
    private State _state = new(TypeCatalog.BuiltIn, []);

    /// <summary>Reads the folder for the first time; a null folder has no types.</summary>
    public TypeLibrary(IDisk disk, string? folder, TimeProvider time)
    {
        (_disk, _folder, _time) = (disk, folder, time);
        Refresh();
    }

    public TypeCatalog Current => Volatile.Read(ref _state).Catalog;

    public IReadOnlyList<TypeProblem> Problems => Volatile.Read(ref _state).Problems;

    public TypeLineage LineageOf(string type) => Current.Lineage(type);

    /// <summary>Scans the folder every few seconds until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (_folder is null)
        {
            return;
        }

        using var timer = new PeriodicTimer(Step, _time);
        while (await timer.WaitForNextTickAsync(ct))
        {
            Refresh();
        }
    }

    /// <summary>Scans the folder and reads the changed files. The types are built again only when a byte differs.</summary>
    public void Refresh()
    {
        if (_folder is null)
        {
            return;
        }

        lock (_gate)
        {
            var unreadable = new List<TypeProblem>();
            if (ReadFiles(_folder, unreadable) is not { } files)
            {
                // A folder that is away for a while takes no type along.
                Volatile.Write(ref _state, new State(Current, unreadable));
                _read = null;
                return;
            }

            if (_read is { } before && unreadable.Count == 0 && IsSame(before, files))
            {
                return;
            }

            // What could not be read this time is read again the next time.
            _read = unreadable.Count == 0 ? files : null;
            Volatile.Write(ref _state, Build(files, unreadable));
        }
    }

    private static bool IsSame(IReadOnlyList<TypeFile> before, List<TypeFile> now) =>
        before.Count == now.Count && before.Zip(now).All(
            pair => pair.First.Name == pair.Second.Name && pair.First.Bytes.AsSpan().SequenceEqual(pair.Second.Bytes));

    private static State Build(List<TypeFile> files, List<TypeProblem> problems)
    {
        var documents = new List<TypeDocument>();
        foreach (TypeFile file in files)
        {
            TypeDocument? document = TypeReader.Read(file.Name, file.Bytes, out IReadOnlyList<TypeProblem> wrong);
            problems.AddRange(wrong);
            if (document is not null)
            {
                documents.Add(document);
            }
        }

        TypeCatalog catalog = TypeCatalog.WithSite(documents, out IReadOnlyList<TypeProblem> left);
        return new State(catalog, [.. problems, .. left]);
    }

    private List<TypeFile>? ReadFiles(string folder, List<TypeProblem> problems)
    {
        var files = new List<TypeFile>();
        if (!SmallFile.FolderExists(folder))
        {
            problems.Add(new TypeProblem(
                folder, 1, 1, "there is no such folder: create it, or correct 'types.folder' in the configuration."));
            return null;
        }

        try
        {
            string[] names = [.. _disk.ListFiles(folder).Where(IsDocument)];
            if (names.Length > MaxFiles)
            {
                problems.Add(new TypeProblem(
                    names[MaxFiles], 1, 1, $"the folder has more than {MaxFiles} types; this file and those after it are left out."));
            }

            Dictionary<string, TypeFile> known = _read?.ToDictionary(file => file.Name, StringComparer.Ordinal) ?? [];
            files.AddRange(names.Take(MaxFiles)
                .Select(name => TryRead(folder, name, known.GetValueOrDefault(name), problems)).OfType<TypeFile>());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new TypeProblem(folder, 1, 1, $"the folder cannot be read: {e.Message}"));
            return null;
        }

        return files;
    }

    private TypeFile? TryRead(string folder, string name, TypeFile? known, List<TypeProblem> problems)
    {
        string path = Path.Combine(folder, name);
        try
        {
            FileStatus? status = SmallFile.Status(path);
            return known?.Settled is { } before && status?.SameContents(before) == true
                ? known
                : new TypeFile(name, _disk.ReadAllBytes(path, YamlLimits.Written.MaxBytes), IsSettled(status) ? status : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new TypeProblem(name, 1, 1, $"the file cannot be read: {e.Message}"));
            return null;
        }
    }

    // A file that was just changed could change again within the same step of the file system's clock, and look the same.
    private bool IsSettled(in FileStatus? status) => status is { } file
        && _time.GetUtcNow() - DateTimeOffset.UnixEpoch.AddTicks(file.ChangedNanoseconds / TimeSpan.NanosecondsPerTick) >= Step;

    // An editor's copies and hidden files are no types.
    private static bool IsDocument(string name) => name[0] != '.' && Path.GetExtension(name).ToLowerInvariant() is ".yaml" or ".yml";

    /// <param name="Settled">The file's status before it was read; null when the contents can change without changing the status.</param>
    private sealed record TypeFile(string Name, byte[] Bytes, FileStatus? Settled);

    private sealed record State(TypeCatalog Catalog, IReadOnlyList<TypeProblem> Problems);
}
