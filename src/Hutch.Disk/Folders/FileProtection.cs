using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk.Folders;

/// <summary>The protection of a file: mode, owner, group, access control list, and other extended attributes.</summary>
[SupportedOSPlatform("linux")]
public sealed class FileProtection
{
    private const int MaxListBytes = 64 * 1024;
    private const int MaxValueBytes = 64 * 1024;

    private readonly FileStatus _status;
    private readonly SortedDictionary<string, byte[]> _attributes;

    private FileProtection(FileStatus status, SortedDictionary<string, byte[]> attributes)
    {
        _status = status;
        _attributes = attributes;
    }

    /// <summary>Permission bits.</summary>
    public int Mode => _status.Mode;

    public static FileProtection Read(SafeFileHandle file) => new(FolderHandle.Status(file), ReadAttributes(file));

    /// <summary>
    /// Applies this protection to a file. Returns false if a part cannot be applied, such as the owner without root; the rest is applied.
    /// </summary>
    public bool TryGive(SafeFileHandle file)
    {
        FileStatus now = FolderHandle.Status(file);
        if (now.Owner != _status.Owner || now.Group != _status.Group)
        {
            _ = LibC.ChangeOwner(file, _status.Owner, _status.Group);
        }

        _ = LibC.ChangeMode(file, (uint)_status.Mode);
        foreach (string name in ReadAttributes(file).Keys.Except(_attributes.Keys))
        {
            _ = LibC.RemoveAttribute(file, name); // inherited from the folder
        }

        foreach ((string name, byte[] value) in _attributes)
        {
            _ = LibC.SetAttribute(file, name, value, value.Length, 0);
        }

        return IsLike(Read(file));
    }

    private bool IsLike(FileProtection other) =>
        _status.Mode == other._status.Mode && _status.Owner == other._status.Owner && _status.Group == other._status.Group
        && _attributes.Keys.SequenceEqual(other._attributes.Keys, StringComparer.Ordinal)
        && _attributes.All(pair => pair.Value.AsSpan().SequenceEqual(other._attributes[pair.Key]));

    // Access control lists are system.*; the kernel sets security.* and trusted.* by its own rules.
    private static SortedDictionary<string, byte[]> ReadAttributes(SafeFileHandle file)
    {
        var attributes = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        var names = new byte[MaxListBytes];
        nint length = LibC.ListAttributes(file, names, names.Length);
        string list = Encoding.UTF8.GetString(names, 0, (int)Math.Max(0, length));
        foreach (string name in list.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var value = new byte[MaxValueBytes];
            bool counts = name.StartsWith("user.", StringComparison.Ordinal) || name.StartsWith("system.", StringComparison.Ordinal);
            if (counts && LibC.GetAttribute(file, name, value, value.Length) is >= 0 and nint size)
            {
                attributes[name] = value[..(int)size];
            }
        }

        return attributes;
    }
}
