using Hutch.Disk;
using Hutch.Model.Placement;
using Hutch.Types.Documents;

namespace Hutch.Types.Catalog;

/// <summary>
/// The types of a server: built-in ones and those in a folder of the site, which is read at the start and every few seconds. An invalid
/// file leaves out its type and affects nothing else.
/// </summary>
/// <remarks>Thread-safe. Reading <see cref="Current"/> touches no disk.</remarks>
public sealed class TypeLibrary : ITypeLineages
{
    private readonly DocumentFolder? _folder;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private State _state = new(TypeCatalog.BuiltIn, []);

    /// <summary>Reads the folder for the first time; a null folder has no types.</summary>
    public TypeLibrary(IDisk disk, string? folder, TimeProvider time)
    {
        _folder = folder is null ? null : new DocumentFolder(disk, folder, "types.folder", "types", time);
        _time = time;
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

        using var timer = new PeriodicTimer(DocumentFolder.Step, _time);
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
            if (_folder.Read() is { } reading)
            {
                // A folder that is away for a while takes no type along.
                Volatile.Write(
                    ref _state,
                    reading.Files is { } files ? Build(files, [.. reading.Problems]) : new State(Current, reading.Problems));
            }
        }
    }

    private static State Build(IReadOnlyList<DocumentFile> files, List<TypeProblem> problems)
    {
        var documents = new List<TypeDocument>();
        foreach (DocumentFile file in files)
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

    private sealed record State(TypeCatalog Catalog, IReadOnlyList<TypeProblem> Problems);
}
