using Hutch.Storage.Segments;
using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Packs;

/// <summary>
/// Writes a sealed segment into a file outside a store: groups committed elsewhere, joined into one object. The bytes are those that a
/// lane's writer would have written. Not thread-safe; nothing is synced.
/// </summary>
public sealed class PackWriter
{
    private readonly IDiskFile _file;
    private readonly bool _inPassing;
    private readonly PackIdentity _identity;
    private readonly GroupLayout _layout = new();
    private readonly MemoryIndex _index = new();
    private readonly SegmentGroup _group = new();
    private SegmentTotals _totals;
    private long _groups;

    /// <summary>Begins a pack in an empty file.</summary>
    /// <param name="inPassing">True for a file that stays, and need not stay in the page cache.</param>
    public PackWriter(IDiskFile file, PackIdentity identity, bool inPassing = false)
    {
        (_file, _identity, _inPassing) = (file, identity, inPassing);
        byte[] first = new SegmentIdentity(
            SegmentIdentity.OldestReader, identity.Number, identity.Id, identity.Store, identity.Lane, identity.Created)
        {
            Previous = SegmentSeal.TryParse(identity.Previous ?? "", out SegmentSeal previous) ? previous : null,
        }.ToMember();
        file.Write(first, 0);
        Length = first.Length;
    }

    public long Length { get; private set; }

    /// <summary>
    /// Appends a group; returns where it begins. Its members lie there in their order, each behind its header, and its records after them.
    /// </summary>
    public long Append(LogGroup group)
    {
        Fill(group);
        long offset = Length;
        _layout.Build(_identity.Id, ++_groups, offset, [_group], []);
        try
        {
            if (_inPassing)
            {
                _file.WriteInPassing(_layout.Buffers, offset);
            }
            else
            {
                _file.Write(_layout.Buffers, offset);
            }
        }
        finally
        {
            _layout.Release();
            _group.Clear();
        }

        IReadOnlyList<IndexEntry> replaced = _index.Add(_layout.Entries);
        _totals = _layout.Entries.Aggregate(_totals, static (totals, entry) => totals.With(entry));
        _totals = replaced.Aggregate(_totals, static (totals, entry) => totals.Without(entry));
        Length = _layout.End;
        return offset;
    }

    /// <summary>Ends the pack with its index; returns its seal, which is to be kept outside of it.</summary>
    public string Seal()
    {
        ReadOnlyMemory<byte>[] tail = SegmentSealer.MakeTail(
            _identity.Number, _identity.Lane, _identity.Id, Length, _index.Sorted(), _totals, out SegmentFooter footer, out long length);
        _file.Write(tail, Length);
        Length = length;
        return SegmentSeal.From(SegmentName.For(_identity.Number, _identity.Lane), footer, length).ToText();
    }

    private void Fill(LogGroup group)
    {
        if (group.FirstSequence > 0)
        {
            _group.SetJournal(group.Journal, group.FirstSequence, group.LastSequence);
        }

        foreach (LogMember member in group.Members)
        {
            if (member.Lane != _identity.Lane)
            {
                throw new ArgumentException($"A pack of lane {_identity.Lane} has no members of lane {member.Lane}.", nameof(group));
            }

            _group.Add(member.Key, member.Body, member.Crc32C);
        }
    }
}
