using System.Buffers;

namespace Hutch.Cluster.Bytes;

/// <summary>
/// The description of bytes in a row of the log. Every server applies the rows in order, so all servers learn the same of every member. The
/// format is in <c>docs/formats/objects.md</c>.
/// </summary>
public sealed record LogDirectory
{
    /// <summary>The directory of a row that describes no bytes.</summary>
    public static LogDirectory Empty { get; } = new();

    /// <summary>The members whose bodies are in the row, in the order of the bodies.</summary>
    public IReadOnlyList<RowMember> Members { get; init; } = [];

    /// <summary>The extents that the group of this row or a later one relies upon. They were written before it.</summary>
    public IReadOnlyList<StoredExtent> Extents { get; init; } = [];

    /// <summary>The packs that are from now on the location of their rows.</summary>
    public IReadOnlyList<StoredPack> Packs { get; init; } = [];

    /// <summary>The members found damaged or missing.</summary>
    public IReadOnlyList<DamagedMember> Damaged { get; init; } = [];

    /// <summary>The unreferenced objects. A server that has applied the row no longer finds their contents.</summary>
    public IReadOnlyList<CondemnedObject> Condemned { get; init; } = [];

    /// <summary>The fingerprints of earlier members that this row's group relies on. Collections begun before must keep these.</summary>
    public IReadOnlyList<ulong> ReliedUpon { get; init; } = [];

    /// <summary>True if the directory is empty and can be stored as no bytes.</summary>
    public bool SaysNothing =>
        Members.Count + Extents.Count + Packs.Count + Damaged.Count + Condemned.Count + ReliedUpon.Count == 0;

    /// <summary>Lists the members of a row in the order of their bodies.</summary>
    public static IReadOnlyList<RowMember> Lay(IEnumerable<LogMember> members) =>
        [.. members.Select(static member => new RowMember(member.Lane, member.Key, member.Body.Length, member.Crc32C))];

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

    /// <summary>Reads the output of <see cref="ToBytes"/>; zero bytes give an empty directory.</summary>
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
