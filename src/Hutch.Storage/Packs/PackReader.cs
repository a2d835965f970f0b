using Hutch.Storage.Segments;
using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Packs;

/// <summary>Reads a pack group by group, and checks every byte. Not safe for several threads.</summary>
public sealed class PackReader
{
    private readonly Lane _lane;
    private readonly Guid _id;
    private readonly GroupScanner _scanner;

    /// <exception cref="QuarantinedException">It does not begin like one.</exception>
    public PackReader(IDiskFile file, long length)
    {
        _scanner = new GroupScanner(new SequentialReader(file, length));
        if (!_scanner.TryReadIdentity(out SegmentIdentity identity, out _))
        {
            throw new QuarantinedException("The pack does not begin with what a pack begins with.");
        }

        (_lane, _id) = (identity.Lane, identity.Id);
    }

    /// <exception cref="QuarantinedException">A part of it differs from the written bytes.</exception>
    public LogGroup ReadGroup(long offset)
    {
        ScannedGroup scanned = _scanner.ReadGroup(_id, offset) ?? throw Damaged(offset);
        var group = new LogGroup();
        foreach (IndexEntry entry in scanned.Entries)
        {
            byte[] body = _scanner.Reader.Read(entry.BodyOffset, (int)entry.Length) ?? throw Damaged(offset);
            if (entry.Key.Kind == MemberKind.Journal)
            {
                group.SetJournal(body.AsMemory(body.AsSpan().IndexOf((byte)'\n') + 1), scanned.Line.First, scanned.Line.Last);
            }
            else
            {
                group.Add(_lane, entry.Key, body, entry.Crc32C);
            }
        }

        return group;
    }

    private static QuarantinedException Damaged(long offset) => new($"The pack is damaged in the group at byte {offset}.");
}
