using System.Buffers;
using System.Buffers.Text;
using Hutch.Model;

namespace Hutch.Storage.Segments.Format;

/// <param name="Key">
/// For blobs and extents: their key. For journals: the first sequence number, the last one not being part of the name.
/// </param>
/// <param name="Group">For the end mark of a group without records: the group's number.</param>
internal readonly record struct MemberName(MemberRole Role, MemberKey Key = default, long Group = 0)
{
    private static readonly StandardFormat Hex16 = new('x', 16);

    private static ReadOnlySpan<byte> Blobs => "blobs/"u8;

    private static ReadOnlySpan<byte> Extents => "extents/"u8;

    private static ReadOnlySpan<byte> Journals => "journal/"u8;

    private static ReadOnlySpan<byte> Groups => "groups/"u8;

    public bool EndsGroup => Role is MemberRole.Journal or MemberRole.GroupEnd;

    public static MemberName From(MemberKey key) => new(key.Kind == MemberKind.Blob ? MemberRole.Blob : MemberRole.Extent, key);

    public static MemberName Journal(long firstSequence) => new(MemberRole.Journal, MemberKey.Journal(firstSequence, firstSequence));

    public static MemberName GroupEnd(long group) => new(MemberRole.GroupEnd, default, group);

    public void Write(Span<byte> field)
    {
        switch (Role)
        {
            case MemberRole.Blob:
                Blobs.CopyTo(field);
                WriteHex(field[Blobs.Length..], Key, MemberKey.Size);
                break;
            case MemberRole.Extent:
                Extents.CopyTo(field);
                WriteHex(field[Extents.Length..], Key, 16);
                field[Extents.Length + 32] = (byte)'/';
                _ = Utf8Formatter.TryFormat(Key.Offset, field[(Extents.Length + 33)..], out _, Hex16);
                break;
            case MemberRole.Journal:
                Journals.CopyTo(field);
                _ = Utf8Formatter.TryFormat(Key.FirstSequence, field[Journals.Length..], out _, Hex16);
                break;
            case MemberRole.GroupEnd:
                Groups.CopyTo(field);
                _ = Utf8Formatter.TryFormat(Group, field[Groups.Length..], out _, Hex16);
                break;
            default:
                FixedName(Role).CopyTo(field);
                break;
        }
    }

    /// <summary>Reads a name field. The caller checks the canonical form by writing it again.</summary>
    public static bool TryRead(ReadOnlySpan<byte> field, out MemberName name)
    {
        name = default;
        int end = field.IndexOf((byte)0);
        ReadOnlySpan<byte> text = end < 0 ? field : field[..end];
        if (text.StartsWith(Blobs))
        {
            return TryReadBlob(text[Blobs.Length..], out name);
        }

        if (text.StartsWith(Extents))
        {
            return TryReadExtent(text[Extents.Length..], out name);
        }

        if (text.StartsWith(Journals))
        {
            bool ok = TryReadHex(text[Journals.Length..], out long sequence);
            name = ok ? Journal(sequence) : default;
            return ok;
        }

        if (text.StartsWith(Groups))
        {
            bool ok = TryReadHex(text[Groups.Length..], out long group);
            name = GroupEnd(group);
            return ok;
        }

        return TryReadFixed(text, out name);
    }

    private static bool TryReadBlob(ReadOnlySpan<byte> hex, out MemberName name)
    {
        Span<byte> bytes = stackalloc byte[MemberKey.Size];
        bool ok = hex.Length == BlobHash.TextLength && Convert.FromHexString(hex, bytes, out _, out _) == OperationStatus.Done;
        name = ok ? new MemberName(MemberRole.Blob, MemberKey.Read(MemberKind.Blob, bytes)) : default;
        return ok;
    }

    private static bool TryReadExtent(ReadOnlySpan<byte> text, out MemberName name)
    {
        name = default;
        Span<byte> upload = stackalloc byte[16];
        if (text.Length != 49 || text[32] != (byte)'/' || !TryReadHex(text[33..], out long offset)
            || Convert.FromHexString(text[..32], upload, out _, out _) != OperationStatus.Done)
        {
            return false;
        }

        name = new MemberName(MemberRole.Extent, MemberKey.Extent(new Guid(upload, bigEndian: true), offset));
        return true;
    }

    private static bool TryReadFixed(ReadOnlySpan<byte> text, out MemberName name)
    {
        foreach (MemberRole role in (ReadOnlySpan<MemberRole>)[MemberRole.Identity, MemberRole.Index, MemberRole.Footer])
        {
            if (text.SequenceEqual(FixedName(role)))
            {
                name = new MemberName(role);
                return true;
            }
        }

        name = default;
        return false;
    }

    private static ReadOnlySpan<byte> FixedName(MemberRole role) => role switch
    {
        MemberRole.Identity => "hutch-segment.json"u8,
        MemberRole.Index => "hutch-index"u8,
        _ => "hutch-footer"u8,
    };

    private static bool TryReadHex(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        return text.Length == 16
            && long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            && value >= 0;
    }

    private static void WriteHex(Span<byte> field, MemberKey key, int count)
    {
        Span<byte> bytes = stackalloc byte[MemberKey.Size];
        key.CopyTo(bytes);
        _ = Convert.TryToHexStringLower(bytes[..count], field, out _);
    }
}

internal enum MemberRole
{
    /// <summary><c>hutch-segment.json</c>, the first member: the identity of the segment and its store.</summary>
    Identity,

    /// <summary><c>blobs/…</c>: a blob.</summary>
    Blob,

    /// <summary><c>extents/…</c>: an extent of a large blob.</summary>
    Extent,

    /// <summary><c>journal/…</c>: ends a group and holds its records.</summary>
    Journal,

    /// <summary><c>groups/…</c>: ends a group that has no records.</summary>
    GroupEnd,

    /// <summary><c>hutch-index</c>: the sorted index of a sealed segment.</summary>
    Index,

    /// <summary><c>hutch-footer</c>: the last member of a sealed segment.</summary>
    Footer,
}
