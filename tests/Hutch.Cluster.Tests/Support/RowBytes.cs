using System.Buffers.Binary;
using Hutch.Cluster.Engine;
using Hutch.Disk;
using Hutch.Model.Checksums;
using Hutch.Storage;

namespace Hutch.Cluster.Tests.Support;

/// <summary>
/// The bytes as one server sees them: small members in the rows of the log, extents in memory that all servers share. What it knows of the
/// members lives as long as this object, which is a server's data folder to the tests.
/// </summary>
internal sealed class RowBytes(SharedExtents extents) : IClusterBytes, IClusterBytesFactory, ILogMembers
{
    private const int EntryBytes = 1 + MemberKey.Size + sizeof(int) + sizeof(uint);

    private readonly Lock _lock = new();
    private readonly Dictionary<(MemberKey Key, bool IsTransient), MemberLocation> _members = [];
    private ILogBodies? _bodies;

    public ILogMembers Members => this;

    public LogPosition Applied { get; private set; }

    public bool HasDamage => false;

    public bool IsIncomplete => false;

    public bool WasCut => false;

    public Task<IClusterBytes> OpenAsync(IDisk disk, string dataFolder, ServerIdentity server, TimeProvider time, CancellationToken ct) =>
        Task.FromResult<IClusterBytes>(this);

    public void Attach(ILogBodies bodies) => _bodies = bodies;

    public ReadOnlyMemory<byte> Describe(IReadOnlyList<LogMember> members)
    {
        var directory = new byte[members.Count * EntryBytes];
        for (int i = 0; i < members.Count; i++)
        {
            Span<byte> entry = directory.AsSpan(i * EntryBytes, EntryBytes);
            entry[0] = (byte)members[i].Key.Kind;
            members[i].Key.CopyTo(entry[1..]);
            BinaryPrimitives.WriteInt32LittleEndian(entry[(1 + MemberKey.Size)..], members[i].Body.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[(5 + MemberKey.Size)..], members[i].Crc32C);
        }

        return directory;
    }

    public void Apply(LogRow row)
    {
        lock (_lock)
        {
            Assert.Equal(Applied.Number + 1, row.Number);
            long offset = 0;
            for (ReadOnlySpan<byte> rest = row.Directory.Span; rest.Length > 0; rest = rest[EntryBytes..])
            {
                var key = MemberKey.Read((MemberKind)rest[0], rest[1..]);
                int length = BinaryPrimitives.ReadInt32LittleEndian(rest[(1 + MemberKey.Size)..]);
                uint crc32C = BinaryPrimitives.ReadUInt32LittleEndian(rest[(5 + MemberKey.Size)..]);
                _members[(key, row.Lane.IsTransient)] = new MemberLocation(row.Number, offset, length, crc32C, row.Lane.IsTransient);
                offset += length;
            }

            Applied = row.Position;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _members.Clear();
            Applied = default;
        }
    }

    public bool TryLocate(MemberKey key, out MemberLocation location, bool lastingOnly = false) =>
        TryLocate(key, isTransient: false, out location) || (!lastingOnly && TryLocate(key, isTransient: true, out location));

    public bool IsQuarantined(MemberKey key) => false;

    public async ValueTask ReadVerifiedAsync(
        MemberLocation location, Memory<byte> wholeBody, bool inPassing, CancellationToken cancellationToken)
    {
        if (location.Segment < 0)
        {
            extents.Read(location, wholeBody);
        }
        else
        {
            Assert.Null(await _bodies!.ReadBodiesAsync(location.Segment, location.Offset, wholeBody, cancellationToken));
        }

        Assert.Equal(location.Crc32C, Checksum.Crc32C(wholeBody.Span));
    }

    public ValueTask WriteAsync(Lane lane, MemberKey key, ReadOnlyMemory<byte> body, uint crc32C, CancellationToken cancellationToken)
    {
        extents.Add(lane, key, body, crc32C);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool TryLocate(MemberKey key, bool isTransient, out MemberLocation location)
    {
        lock (_lock)
        {
            return _members.TryGetValue((key, isTransient), out location) || extents.TryLocate(key, isTransient, out location);
        }
    }
}
