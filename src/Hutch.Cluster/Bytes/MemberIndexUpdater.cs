using System.Runtime.InteropServices;

namespace Hutch.Cluster.Bytes;

/// <summary>Notes the directory of a row of the log in the tables of <c>members.db</c>.</summary>
internal static class MemberIndexUpdater
{
    /// <summary>
    /// The number of members of condemned packs that leave the tables with each row, so that a large pack causes no long wait. The members
    /// are no longer found from the beginning, because their rows are removed at once.
    /// </summary>
    private const int RowsTidiedAtOnce = 50;

    public static void Write(MemberWriter writer, LogRow row, LogDirectory directory)
    {
        if (directory.Members.Count > 0)
        {
            writer.AddRow(row.Number, row.Lane.IsTransient);
        }

        MemberOffset offset = MemberOffset.First;
        foreach (RowMember member in directory.Members)
        {
            writer.AddMember(WordsOf(member.Key), row.Number, offset.ToNumber(), member.Length, member.Crc32C);
            offset = offset.After(member.Length);
        }

        foreach (StoredExtent extent in directory.Extents)
        {
            writer.AddExtent(From(extent), row.Number);
        }

        foreach (StoredPack pack in directory.Packs)
        {
            writer.AddPack(new PackRow(pack.Number, ObjectNames.For(pack), pack.Lane.Name, pack.Length, pack.Seal));
            foreach (PackedRow packed in pack.Rows)
            {
                writer.MoveRow(packed.Row, pack.Lane.IsTransient, pack.Number, packed.Offset);
            }
        }

        foreach (DamagedMember damaged in directory.Damaged)
        {
            writer.AddDamage(new DamageRow(damaged.Row, damaged.Place, damaged.ObjectName), row.Number);
        }

        foreach (CondemnedObject condemned in directory.Condemned)
        {
            if (condemned.IsGone)
            {
                writer.DeleteCondemned(condemned.Name);
            }
            else
            {
                writer.Condemn(condemned.Name, condemned.Since, row.Number);
            }
        }

        writer.Tidy(RowsTidiedAtOnce);
        writer.SetApplied(row.Number, row.Id);
    }

    public static ExtentRow From(StoredExtent extent) =>
        new(WordsOf(extent.Key), ObjectNames.For(extent), extent.Lane.Name, extent.Lane.IsTransient, extent.Length, extent.Crc32C);

    public static MemberWords WordsOf(MemberKey key)
    {
        Span<byte> bytes = stackalloc byte[MemberKey.Size];
        key.CopyTo(bytes);
        ReadOnlySpan<long> words = MemoryMarshal.Cast<byte, long>(bytes);
        return new MemberWords((int)key.Kind, words[0], words[1], words[2], words[3]);
    }

    public static MemberKey KeyOf(MemberWords words)
    {
        ReadOnlySpan<long> all = [words.A, words.B, words.C, words.D];
        return MemberKey.Read((MemberKind)words.Kind, MemoryMarshal.AsBytes(all));
    }
}
