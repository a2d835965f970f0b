using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5;

/// <summary>Opens objects by path and follows links itself: the library, which would follow any external one, follows none.</summary>
internal sealed unsafe class Hdf5Files : IDisposable
{
    private const int MaxLinkDepth = 16;
    private const int MaxLinkValueBytes = 64 * 1024;
    private const int MaxNameBytes = 4096;

    // H5F_ACC_RDONLY and H5F_ACC_SWMR_READ of H5Fpublic.h.
    private const uint ReadOnly = 0;
    private const uint WhileItIsWritten = 0x40;

    private readonly Hdf5Paths _paths;
    private readonly bool _isLive;
    private readonly Hdf5Id _noExternalLinks;
    private Hdf5Id? _master;

    /// <param name="isLive">True to open also files that a single writer shares with readers while it writes (SWMR).</param>
    public Hdf5Files(Hdf5Paths paths, bool isLive)
    {
        _paths = paths;
        _isLive = isLive;
        _noExternalLinks = Hdf5Library.Check(Hdf5Library.H5Pcreate(Hdf5Library.Constant("H5P_CLS_LINK_ACCESS_ID_g")));
        Hdf5Library.Check(Hdf5Library.H5Pset_elink_cb(_noExternalLinks, &Reject, null));
    }

    public bool IsBeingWritten { get; private set; }

    /// <summary>Opens an object of a file; null when the path does not lead to anything.</summary>
    /// <exception cref="MissingFileException">An external link on the way leads to a file that is not there.</exception>
    /// <exception cref="HutchException">A file cannot be read, or a link leads outside the allowed folders.</exception>
    public Hdf5Object? Open(string filePath, string path) => Open(filePath, path, 0);

    /// <summary>Opens an object named by another file: by an external link or a virtual data set.</summary>
    public Hdf5Object? OpenReferred(string fromFile, string fileName, string path) =>
        fileName == "." ? Open(fromFile, path) : Open(_paths.Resolve(fromFile, fileName), path);

    /// <summary>The names of the links in a group, in their byte order, at most <paramref name="limit"/>.</summary>
    public List<string> Links(Hdf5Object group, int limit)
    {
        Hdf5GroupInfo info = default;
        Hdf5Library.Check(Hdf5Library.H5Gget_info(group.Id, &info));
        if (info.LinkCount > (ulong)limit)
        {
            throw Unreadable.File($"{group.Name} has {info.LinkCount} members; the limit is {limit}.", group.FilePath);
        }

        var names = new List<string>();
        byte* name = stackalloc byte[MaxNameBytes];
        for (ulong i = 0; i < info.LinkCount; i++)
        {
            // Arguments 0, 0: by name, increasing.
            nint length = Hdf5Library.Check(
                Hdf5Library.H5Lget_name_by_idx(group.Id, ".", 0, 0, i, name, MaxNameBytes, _noExternalLinks));
            if (length < MaxNameBytes)
            {
                names.Add(Marshal.PtrToStringUTF8((nint)name)!);
            }
        }

        return names;
    }

    public void Dispose()
    {
        _master?.Dispose();
        _noExternalLinks.Dispose();
    }

    [UnmanagedCallersOnly]
    private static int Reject(
        byte* parentFile, byte* parentGroup, byte* childFile, byte* childObject, uint* flags, nint access, void* data) => -1;

    private Hdf5Id OpenFile(string path)
    {
        try
        {
            using Hdf5Id access = Hdf5Library.NewUnlockedAccess();
            Hdf5Id file = OpenFile(path, access);

            // The first file is the master, which is opened once for each of its values: while one handle stays, the others cost little.
            _master ??= OpenFile(path, access);
            return file;
        }
        catch (Hdf5Exception e)
        {
            string name = Path.GetFileName(path);
            HutchError why = Hdf5Library.H5Fis_hdf5(path) switch
            {
                0 => Unreadable.Error($"{name} is not an HDF5 file.", path),
                < 0 => Unreadable.Error(
                    $"{name} cannot be opened: it is a folder, or you may not read it.", path, "Check the path and its permissions."),
                _ => Unreadable.FromLibrary(e.Reason, path),
            };
            throw new HutchException(why, e);
        }
    }

    private Hdf5Id OpenFile(string path, Hdf5Id access)
    {
        Hdf5Id file = Hdf5Library.H5Fopen(path, ReadOnly, access);
        if (file.IsInvalid && _isLive)
        {
            file.Dispose();
            file = Hdf5Library.H5Fopen(path, WhileItIsWritten, access);
            IsBeingWritten |= !file.IsInvalid;
        }

        return Hdf5Library.Check(file);
    }

    private Hdf5Object? Open(string filePath, string path, int depth)
    {
        if (depth > MaxLinkDepth)
        {
            throw Unreadable.File($"{Path.GetFileName(filePath)}:{path} is behind more than {MaxLinkDepth} links.", filePath);
        }

        Hdf5Id file = OpenFile(filePath);
        Hdf5Id? current = null;
        try
        {
            current = Hdf5Library.Check(Hdf5Library.H5Oopen(file, "/", _noExternalLinks));
            string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            for (int i = 0; i < parts.Length; i++)
            {
                if (Hdf5Library.H5Iget_type(current) != Hdf5ObjectKind.Group
                    || Hdf5Library.H5Lexists(current, parts[i], _noExternalLinks) <= 0)
                {
                    return null;
                }

                Hdf5LinkInfo link = default;
                Hdf5Library.Check(Hdf5Library.GetLinkInfo(current, parts[i], &link, _noExternalLinks));
                if (link.Type != Hdf5LinkType.Hard)
                {
                    string before = string.Join('/', parts[..i]);
                    string after = string.Join('/', parts[(i + 1)..]);
                    return Follow(filePath, current, parts[i], link, before, after, depth);
                }

                Hdf5Id next = Hdf5Library.Check(Hdf5Library.H5Oopen(current, parts[i], _noExternalLinks));
                current.Dispose();
                current = next;
            }

            var found = new Hdf5Object(current, file, filePath, "/" + string.Join('/', parts));
            current = null;
            return found;
        }
        finally
        {
            if (current is not null)
            {
                current.Dispose();
                file.Dispose();
            }
        }
    }

    private Hdf5Object? Follow(string filePath, Hdf5Id group, string name, Hdf5LinkInfo link, string before, string after, int depth)
    {
        if (link.AddressOrValueBytes > MaxLinkValueBytes)
        {
            return null;
        }

        byte[] value = new byte[link.AddressOrValueBytes + 1];
        fixed (byte* bytes = value)
        {
            Hdf5Library.Check(Hdf5Library.H5Lget_val(group, name, bytes, (nuint)value.Length, _noExternalLinks));
            switch (link.Type)
            {
                case Hdf5LinkType.Soft:
                    string target = Marshal.PtrToStringUTF8((nint)bytes)!;
                    return Open(filePath, target.StartsWith('/') ? $"{target}/{after}" : $"{before}/{target}/{after}", depth + 1);
                case Hdf5LinkType.External:
                    byte* file;
                    byte* path;
                    uint flags;
                    Hdf5Library.Check(
                        Hdf5Library.H5Lunpack_elink_val(bytes, (nuint)link.AddressOrValueBytes, &flags, &file, &path));
                    string targetFile = _paths.Resolve(filePath, Marshal.PtrToStringUTF8((nint)file)!);
                    return Open(targetFile, $"{Marshal.PtrToStringUTF8((nint)path)}/{after}", depth + 1);
                default:
                    return null;
            }
        }
    }
}
