using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5Content;

/// <summary>The target of a path in a file: an object, or a link that is broken or must not be followed.</summary>
internal sealed unsafe class ContentObject : IDisposable
{
    private const int MaxLinkValueBytes = 64 << 10;

    private readonly Hdf5Id? _id;

    private ContentObject(string path, Hdf5Id? id)
    {
        Path = path;
        _id = id;
    }

    public string Path { get; }

    /// <summary>The last part of the path.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The open object; null for a link.</summary>
    public Hdf5Id? Id => _id;

    public Hdf5ObjectKind? Kind => _id is null ? null : Hdf5Library.H5Iget_type(_id);

    public string? TargetFile { get; private init; }

    /// <summary>The path that a link leads to; null for an unknown kind of link.</summary>
    public string? TargetPath { get; private init; }

    public Hdf5Id Must() => _id ?? throw ErrorCode.NotFound.With(
        $"Cannot resolve the link {Display.Quote(Path)}: it leads to {Display.Quote(TargetPath)}"
        + $"{(TargetFile is null ? "" : $" of {Display.Quote(TargetFile)}")}, and there is no such object in this version of the dataset.")
        .ToException();

    /// <exception cref="HutchException">There is nothing at that path.</exception>
    public static ContentObject Open(Hdf5Id file, string path, LinkResolution links)
    {
        if (path == "/")
        {
            return new ContentObject(path, Hdf5Library.Check(Hdf5Library.H5Oopen(file, path, Hdf5Id.Default)));
        }

        Hdf5LinkInfo link = default;
        try
        {
            Hdf5Library.Check(Hdf5Library.GetLinkInfo(file, path, &link, Hdf5Id.Default));
        }
        catch (Hdf5Exception e) when (IsAbsent(e.Reason))
        {
            throw ErrorCode.NotFound.With($"{Display.Quote(path)} is not a valid path in this file.").ToException();
        }

        return Open(file, path, path, link, links);
    }

    /// <param name="links">The treatment of links that are not hard.</param>
    public static ContentObject Open(Hdf5Id location, string name, string path, Hdf5LinkInfo link, LinkResolution links)
    {
        if (link.Type == Hdf5LinkType.Hard)
        {
            return new ContentObject(path, Hdf5Library.Check(Hdf5Library.H5Oopen(location, name, Hdf5Id.Default)));
        }

        if (links != LinkResolution.None)
        {
            Hdf5Id target = Hdf5Library.H5Oopen(location, name, Hdf5Id.Default);
            if (!target.IsInvalid)
            {
                return new ContentObject(path, target);
            }

            target.Dispose();
        }

        (string? targetFile, string? targetPath) = ReadLink(location, name, link);
        var found = new ContentObject(path, null) { TargetFile = targetFile, TargetPath = targetPath };
        if (links == LinkResolution.All)
        {
            found.Must();
        }

        return found;
    }

    public void Dispose() => _id?.Dispose();

    private static bool IsAbsent(string reason) =>
        reason.Contains("not found", StringComparison.Ordinal) || reason.Contains("doesn't exist", StringComparison.Ordinal)
        || reason.Contains("not a group", StringComparison.Ordinal)
        || reason.Contains("unable to open external file", StringComparison.Ordinal);

    private static (string? File, string? Path) ReadLink(Hdf5Id location, string name, Hdf5LinkInfo link)
    {
        if (link.AddressOrValueBytes > MaxLinkValueBytes || link.Type is not (Hdf5LinkType.Soft or Hdf5LinkType.External))
        {
            return (null, null);
        }

        byte[] value = new byte[link.AddressOrValueBytes + 1];
        fixed (byte* bytes = value)
        {
            Hdf5Library.Check(Hdf5Library.H5Lget_val(location, name, bytes, (nuint)value.Length, Hdf5Id.Default));
            if (link.Type == Hdf5LinkType.Soft)
            {
                return (null, Marshal.PtrToStringUTF8((nint)bytes));
            }

            byte* file;
            byte* path;
            uint flags;
            Hdf5Library.Check(Hdf5Library.H5Lunpack_elink_val(bytes, (nuint)link.AddressOrValueBytes, &flags, &file, &path));
            return (Marshal.PtrToStringUTF8((nint)file), Marshal.PtrToStringUTF8((nint)path));
        }
    }
}
