using System.Buffers;
using Hutch.Storage;

namespace Hutch.Cluster.Bytes;

/// <summary>
/// What a row of the log says of bytes. As rows are applied in order by every server, all servers come to know the same of every member.
/// The format is in <c>docs/formats/objects.md</c>.
/// </summary>
public sealed record LogDirectory
{
    /// <summary>A row that says nothing of bytes.</summary>
    public static LogDirectory Empty { get; } = new();

    /// <summary>The members whose bodies are in the row, in the order in which they lie there.</summary>
    public IReadOnlyList<RowMember> Members { get; init; } = [];

    /// <summary>Extents that this row's group, or a later one, relies upon: written before it.</summary>
    public IReadOnlyList<StoredExtent> Extents { get; init; } = [];

    /// <summary>Packs that hold rows from now on, instead of where they were.</summary>
    public IReadOnlyList<StoredPack> Packs { get; init; } = [];

    /// <summary>What was found damaged or missing.</summary>
    public IReadOnlyList<DamagedMember> Damaged { get; init; } = [];

    /// <summary>Objects that nothing refers to any more. Whoever has applied the row does not find what is in them.</summary>
    public IReadOnlyList<CondemnedObject> Condemned { get; init; } = [];

    /// <summary>
    /// The fingerprints of members that were stored before this row, and that a decision of its group goes by: none of them may be taken
    /// for garbage by a collection that began before this row.
    /// </summary>
    public IReadOnlyList<ulong> ReliedUpon { get; init; } = [];

    /// <summary>Whether a row of no bytes says the same.</summary>
    public bool SaysNothing =>
        Members.Count + Extents.Count + Packs.Count + Damaged.Count + Condemned.Count + ReliedUpon.Count == 0;

    /// <summary>The members of a row, in the order in which their bodies lie in it.</summary>
    public static IReadOnlyList<RowMember> Lay(IEnumerable<LogMember> members) =>
        [.. members.Select(static member => new RowMember(member.Lane, member.Key, member.Body.Length, member.Crc32C))];

    /// <summary>The bytes of the directory as they stand in the row.</summary>
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new LogDirectoryWriter(buffer);
        writer.Start([.. LanesUsed()]);
        writer.Write(Members, static (w, member) => w.Member(member));
        writer.Write(Extents, static (w, extent) => w.Extent(extent));
        writer.Write(Packs, static (w, pack) => w.Pack(pack));
        writer.Write(Damaged, static (w, damaged) => w.Damage(damaged));
        writer.Write(Condemned, static (w, condemned) => w.Condemn(condemned));
        if (ReliedUpon.Count > 0)
        {
            writer.Write(ReliedUpon, static (w, fingerprint) => w.Fingerprint(fingerprint));
        }

        writer.End();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote; an empty directory is one of no bytes too.</summary>
    /// <exception cref="StorageFormatException">It is damaged, or a newer Hutch wrote it.</exception>
    public static LogDirectory Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return Empty;
        }

        var reader = new LogDirectoryReader(bytes);
        reader.Start();
        var directory = new LogDirectory
        {
            Members = reader.Read(static r => r.Member()),
            Extents = reader.Read(static r => r.Extent()),
            Packs = reader.Read(static r => r.Pack()),
            Damaged = reader.Read(static r => r.Damage()),
            Condemned = reader.Read(static r => r.Condemn()),
            ReliedUpon = reader.IsAtEnd ? [] : reader.Read(static r => r.Fingerprint()),
        };
        reader.End();
        return directory;
    }

    private IEnumerable<Lane> LanesUsed() => Members.Select(static member => member.Lane)
        .Concat(Extents.Select(static extent => extent.Lane))
        .Concat(Packs.Select(static pack => pack.Lane))
        .Distinct();
}
