using Hutch.DataLad.Objects;
using Hutch.DataLad.Store;
using Hutch.Disk.Folders;
using Microsoft.Win32.SafeHandles;

namespace Hutch.DataLad.Adopting;

/// <summary>
/// Reads the refs of a foreign bare repository on the disk. No git program runs, no configuration has an effect, and no link is followed.
/// Blocks while the file system answers.
/// </summary>
internal sealed class BareRepository : IDisposable
{
    private const string PackedRefs = "packed-refs";
    private const string Refs = "refs";
    private const string HeadLine = "ref: ";
    private const int MaxRefs = 10_000;
    private const int MaxDepth = 16;
    private const int MaxRefBytes = 4096;
    private const int MaxPackedRefsBytes = 16 << 20;

    private static readonly string[] Leads = ["commondir", "objects/info/alternates"];

    private readonly FolderHandle _folder;

    private BareRepository(FolderHandle folder) => _folder = folder;

    public FolderHandle Folder => _folder;

    /// <summary>Opens a repository, unless it could lead to another one.</summary>
    public static Result<BareRepository> Open(string path)
    {
        try
        {
            FolderHandle folder = FolderHandle.OpenWithoutLinks(path);
            if (FindFault(folder) is not { } fault)
            {
                return new BareRepository(folder);
            }

            folder.Dispose();
            return ErrorCode.Unprocessable.With($"{Display.Quote(path)} {fault}.");
        }
        catch (IOException e)
        {
            return ErrorCode.Unavailable.With($"{Display.Quote(path)} cannot be read: {e.Message}");
        }
    }

    /// <summary>The branch that HEAD names; null for none.</summary>
    public string? ReadHead() =>
        Read(_folder, RepositoryFiles.Head, MaxRefBytes) is { } text && text.StartsWith(HeadLine, StringComparison.Ordinal)
            ? text[HeadLine.Length..].Trim()
            : null;

    /// <summary>The objects of all refs, by name. A ref in a file of its own comes before the packed one.</summary>
    /// <exception cref="HutchException">There are too many.</exception>
    public IReadOnlyDictionary<string, ObjectId> ReadRefs()
    {
        var refs = new SortedDictionary<string, ObjectId>(StringComparer.Ordinal);
        if (Read(_folder, PackedRefs, MaxPackedRefsBytes) is { } packed)
        {
            foreach ((string name, ObjectId id) in RefTable.Parse([], Encoding.UTF8.GetBytes(packed)).Refs)
            {
                refs[name] = id;
            }
        }

        using FolderHandle? loose = _folder.TryOpenFolder(Refs);
        if (loose is not null)
        {
            ReadLoose(loose, Refs, 0, refs);
        }

        return refs.Count <= MaxRefs ? refs : throw TooMany();
    }

    public void Dispose() => _folder.Dispose();

    private static string? FindFault(FolderHandle folder)
    {
        foreach (string lead in Leads)
        {
            if (StatusOf(folder, lead) is not null)
            {
                return $"has the file '{lead}', which leads to another repository";
            }
        }

        string? link = ((string[])[RepositoryFiles.Head, PackedRefs, Refs, RepositoryFiles.Objects, RepositoryFiles.PackFolder])
            .FirstOrDefault(name => StatusOf(folder, name)?.Type == FileType.SymbolicLink);
        return link is not null ? $"has the link '{link}'"
            : StatusOf(folder, RepositoryFiles.Head)?.Type != FileType.File ? "is not a bare repository"
            : null;
    }

    private static FileStatus? StatusOf(FolderHandle folder, string path)
    {
        string[] names = path.Split('/');
        FolderHandle here = folder;
        try
        {
            foreach (string name in names[..^1])
            {
                FolderHandle? below = here.TryOpenFolder(name);
                if (here != folder)
                {
                    here.Dispose();
                }

                if (below is null)
                {
                    return folder.Status(names[0]) is { Type: FileType.SymbolicLink } link ? link : null;
                }

                here = below;
            }

            return here.Status(names[^1]);
        }
        finally
        {
            if (here != folder)
            {
                here.Dispose();
            }
        }
    }

    private static void ReadLoose(FolderHandle folder, string prefix, int depth, SortedDictionary<string, ObjectId> refs)
    {
        foreach ((string name, FileType type) in RepositoryFiles.List(folder))
        {
            string path = $"{prefix}/{name}";
            if (type == FileType.Folder && depth < MaxDepth)
            {
                using FolderHandle? below = folder.TryOpenFolder(name);
                if (below is not null)
                {
                    ReadLoose(below, path, depth + 1, refs);
                }
            }
            else if (type == FileType.File && Read(folder, name, MaxRefBytes) is { } text
                && ObjectId.TryParse(Encoding.UTF8.GetBytes(text.Trim()), out ObjectId id))
            {
                refs[path] = id;
                if (refs.Count > 2 * MaxRefs)
                {
                    throw TooMany();
                }
            }
        }
    }

    /// <summary>The text of a small file; null if there is none, or it is larger.</summary>
    private static string? Read(FolderHandle folder, string name, int maxBytes)
    {
        using SafeFileHandle? file = folder.TryOpenFile(name);
        long size = file is null ? 0 : FolderHandle.Status(file).Size;
        if (file is null || size > maxBytes)
        {
            return null;
        }

        byte[] bytes = new byte[size];
        return Encoding.UTF8.GetString(bytes, 0, FolderHandle.Read(file, 0, bytes));
    }

    private static HutchException TooMany() =>
        ErrorCode.TooLarge.With($"The repository has more than {MaxRefs} branches and tags.").ToException();
}
