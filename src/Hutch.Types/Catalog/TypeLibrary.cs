using Hutch.Disk;
using Hutch.Disk.Folders;
using Hutch.Types.Documents;
using Hutch.Types.Yaml;

namespace Hutch.Types.Catalog;

/// <summary>
/// The types of a server: those that come with Hutch, and those in a folder of the site, which is read at the start and every few seconds.
/// What is wrong in it leaves a type out, and nothing else.
/// </summary>
/// <remarks>Thread-safe. Reading <see cref="Current"/> touches no disk.</remarks>
public sealed class TypeLibrary
{
    /// <summary>Files that are read of the folder.</summary>
    public const int MaxFiles = 500;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(3);

    private readonly IDisk _disk;
    private readonly string? _folder;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private IReadOnlyList<(string File, byte[] Bytes)>? _read;
    private State _state = new(TypeCatalog.BuiltIn, []);

    /// <summary>Reads the folder for the first time.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folder">The folder; null for none.</param>
    /// <param name="time">The clock.</param>
    public TypeLibrary(IDisk disk, string? folder, TimeProvider time)
    {
        (_disk, _folder, _time) = (disk, folder, time);
        Refresh();
    }

    /// <summary>The types as they are now.</summary>
    public TypeCatalog Current => Volatile.Read(ref _state).Catalog;

    /// <summary>What is wrong in the folder now, a problem a line.</summary>
    public IReadOnlyList<TypeProblem> Problems => Volatile.Read(ref _state).Problems;

    /// <summary>Looks at the folder every few seconds until it is cancelled.</summary>
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

    /// <summary>Reads the folder. The types are made anew when a byte has changed.</summary>
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

    private static bool IsSame(IReadOnlyList<(string File, byte[] Bytes)> before, List<(string File, byte[] Bytes)> now) =>
        before.Count == now.Count && before.Zip(now).All(
            pair => pair.First.File == pair.Second.File && pair.First.Bytes.AsSpan().SequenceEqual(pair.Second.Bytes));

    private static State Build(List<(string File, byte[] Bytes)> files, List<TypeProblem> problems)
    {
        var documents = new List<TypeDocument>();
        foreach ((string file, byte[] bytes) in files)
        {
            TypeDocument? document = TypeReader.Read(file, bytes, out IReadOnlyList<TypeProblem> wrong);
            problems.AddRange(wrong);
            if (document is not null)
            {
                documents.Add(document);
            }
        }

        TypeCatalog catalog = TypeCatalog.WithSite(documents, out IReadOnlyList<TypeProblem> left);
        return new State(catalog, [.. problems, .. left]);
    }

    private List<(string File, byte[] Bytes)>? ReadFiles(string folder, List<TypeProblem> problems)
    {
        var files = new List<(string File, byte[] Bytes)>();
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

            foreach (string name in names.Take(MaxFiles))
            {
                if (TryRead(folder, name, problems) is { } bytes)
                {
                    files.Add((name, bytes));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new TypeProblem(folder, 1, 1, $"the folder cannot be read: {e.Message}"));
            return null;
        }

        return files;
    }

    private byte[]? TryRead(string folder, string name, List<TypeProblem> problems)
    {
        try
        {
            return _disk.ReadAllBytes(Path.Combine(folder, name), YamlLimits.Written.MaxBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new TypeProblem(name, 1, 1, $"the file cannot be read: {e.Message}"));
            return null;
        }
    }

    // An editor's copies and hidden files are no types.
    private static bool IsDocument(string name) => name[0] != '.' && Path.GetExtension(name).ToLowerInvariant() is ".yaml" or ".yml";

    private sealed record State(TypeCatalog Catalog, IReadOnlyList<TypeProblem> Problems);
}
