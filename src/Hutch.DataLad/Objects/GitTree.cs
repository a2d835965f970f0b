namespace Hutch.DataLad.Objects;

internal enum GitEntryKind
{
    File,
    Executable,
    Link,
    Directory,

    /// <summary>A commit of another repository: a subdataset.</summary>
    Submodule,
}

/// <param name="Name">The bytes of the name; usually UTF-8, but git requires nothing.</param>
internal readonly record struct GitEntry(GitEntryKind Kind, byte[] Name, ObjectId Id)
{
    /// <summary>The name as text; null when it is not UTF-8.</summary>
    public string? Text => System.Text.Unicode.Utf8.IsValid(Name) ? Encoding.UTF8.GetString(Name) : null;

    public ReadOnlySpan<byte> Mode => Kind switch
    {
        GitEntryKind.Executable => TreeMode.Executable,
        GitEntryKind.Link => TreeMode.Link,
        GitEntryKind.Directory => TreeMode.Directory,
        GitEntryKind.Submodule => TreeMode.Submodule,
        _ => TreeMode.File,
    };

    /// <summary>git's order: by bytes, a directory as if its name ended in a slash.</summary>
    public static int Compare(GitEntry left, GitEntry right)
    {
        int common = Math.Min(left.Name.Length, right.Name.Length);
        int order = left.Name.AsSpan(0, common).SequenceCompareTo(right.Name.AsSpan(0, common));
        return order != 0 ? order : After(left, common).CompareTo(After(right, common));
    }

    private static int After(GitEntry entry, int at) =>
        at < entry.Name.Length ? entry.Name[at] : entry.Kind == GitEntryKind.Directory ? '/' : 0;
}

internal static class GitTree
{
    private const int MaxModeDigits = 7;

    /// <summary>The entries of a tree, in its order.</summary>
    public static List<GitEntry> Parse(ReadOnlySpan<byte> content)
    {
        var entries = new List<GitEntry>();
        while (!content.IsEmpty)
        {
            int space = content.IndexOf((byte)' ');
            int end = space < 0 ? -1 : content[space..].IndexOf((byte)0) + space;
            if (end <= space || content.Length - end - 1 < ObjectId.Size || KindOf(content[..space]) is not { } kind)
            {
                throw DamagedPack.Refusal();
            }

            entries.Add(new GitEntry(kind, content[(space + 1)..end].ToArray(), new ObjectId(content[(end + 1)..])));
            content = content[(end + 1 + ObjectId.Size)..];
        }

        return entries;
    }

    /// <summary>
    /// As git reads it: the type counts, and whether the owner may execute a file. Old programs wrote zeros in front of it, and more
    /// permissions than there are now.
    /// </summary>
    private static GitEntryKind? KindOf(ReadOnlySpan<byte> mode)
    {
        const int TypeMask = 0xF000, OwnerExecutes = 0x40;
        int value = 0;
        foreach (byte digit in mode)
        {
            if (digit is < (byte)'0' or > (byte)'7' || mode.Length > MaxModeDigits)
            {
                return null;
            }

            value = (value << 3) | (digit - '0');
        }

        return (value & TypeMask) switch
        {
            0x4000 => GitEntryKind.Directory,
            0x8000 => (value & OwnerExecutes) != 0 ? GitEntryKind.Executable : GitEntryKind.File,
            0xA000 => GitEntryKind.Link,
            0xE000 => GitEntryKind.Submodule,
            _ => null,
        };
    }
}
