using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Hutch.Model.Checksums;

namespace Hutch.Cluster.Bytes;

/// <summary>Writes the parts of a <see cref="LogDirectory"/>. Numbers are little-endian in groups of seven bits.</summary>
internal sealed class LogDirectoryWriter(ArrayBufferWriter<byte> buffer)
{
    /// <summary>The first bytes of a directory; the last one is its format.</summary>
    public static ReadOnlySpan<byte> Magic => [(byte)'H', (byte)'L', (byte)'D', 1];

    private Lane[] _lanes = [];

    public void Start(Lane[] lanes)
    {
        _lanes = lanes;
        buffer.Write(Magic);
        Write(lanes, static (writer, lane) => writer.Text(lane.Name));
    }

    public void Write<T>(IReadOnlyCollection<T> all, Action<LogDirectoryWriter, T> write)
    {
        Number(all.Count);
        foreach (T one in all)
        {
            write(this, one);
        }
    }

    public void Member(RowMember member)
    {
        if (member.Key.Kind == MemberKind.Journal)
        {
            throw new InvalidOperationException("The records of a row are no member of it.");
        }

        Number(Array.IndexOf(_lanes, member.Lane));
        Key(member.Key);
        Number(member.Length);
        Crc(member.Crc32C);
    }

    public void Extent(StoredExtent extent)
    {
        Number(Array.IndexOf(_lanes, extent.Lane));
        Id(extent.Key.Upload);
        Number(extent.Key.Offset);
        Id(extent.Server);
        Number(extent.Length);
        Crc(extent.Crc32C);
    }

    public void Pack(StoredPack pack)
    {
        Number(Array.IndexOf(_lanes, pack.Lane));
        Number(pack.Number);
        Id(pack.Server);
        Number(pack.Length);
        Text(pack.Seal);
        long row = 0;
        Number(pack.Rows.Count);
        foreach (PackedRow packed in pack.Rows)
        {
            Number(packed.Row - row);
            Number(packed.Offset);
            row = packed.Row;
        }
    }

    public void Damage(DamagedMember damaged)
    {
        Number(damaged.Row);
        Number(damaged.Place);
        Text(damaged.ObjectName);
    }

    public void Condemn(CondemnedObject condemned)
    {
        Text(condemned.Name);
        Number(condemned.Since);
    }

    public void Fingerprint(ulong fingerprint)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.GetSpan(sizeof(ulong)), fingerprint);
        buffer.Advance(sizeof(ulong));
    }

    public void Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Number(bytes.Length);
        buffer.Write(bytes);
    }

    public void End() => Crc(Checksum.Crc32C(buffer.WrittenSpan));

    private void Key(MemberKey key)
    {
        Span<byte> bytes = buffer.GetSpan(1 + MemberKey.Size);
        bytes[0] = (byte)key.Kind;
        key.CopyTo(bytes[1..]);
        buffer.Advance(1 + MemberKey.Size);
    }

    private void Id(Guid id)
    {
        _ = id.TryWriteBytes(buffer.GetSpan(16), bigEndian: true, out int count);
        buffer.Advance(count);
    }

    private void Crc(uint crc)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.GetSpan(sizeof(uint)), crc);
        buffer.Advance(sizeof(uint));
    }

    private void Number(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        Span<byte> bytes = buffer.GetSpan(10);
        int count = 0;
        for (ulong rest = (ulong)number; ; rest >>= 7)
        {
            bytes[count++] = (byte)(rest < 0x80 ? rest : rest | 0x80);
            if (rest < 0x80)
            {
                buffer.Advance(count);
                return;
            }
        }
    }
}
