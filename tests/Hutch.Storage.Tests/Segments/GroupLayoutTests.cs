using System.Runtime.InteropServices;
using Hutch.Model;
using Hutch.Storage.Payloads;
using Hutch.Storage.Segments;

namespace Hutch.Storage.Tests.Segments;

/// <summary>How a group lies in memory when it is written: in whole blocks, as a disk takes them without a copy.</summary>
public sealed class GroupLayoutTests
{
    private const int Block = 512;

    private readonly PayloadPool _pool = new();
    private readonly GroupLayout _layout = new();

    [Theory]
    [InlineData(1)]
    [InlineData(16 << 10)]
    [InlineData((16 << 10) + 1)]
    [InlineData(32 << 10)]
    [InlineData(100_001)]
    [InlineData(1 << 20)]
    public async Task Every_buffer_is_made_of_whole_blocks_and_begins_where_the_disk_wants_it(int length)
    {
        using PayloadBuffer body = await _pool.RentAsync(length, TestContext.Current.CancellationToken);
        using PayloadBuffer other = await _pool.RentAsync(40_000, TestContext.Current.CancellationToken);
        SegmentGroup group = Group(body, other);
        group.SetJournal(Make.Lines(1, 2, 3), 1, 3);

        _layout.Build(Guid.Empty, 1, Block, [group], []);

        Assert.Equal(_layout.End - Block, _layout.Buffers.Sum(static buffer => buffer.Length));
        Assert.All(_layout.Buffers, static buffer =>
        {
            Assert.True(MemoryMarshal.TryGetArray(buffer, out ArraySegment<byte> place));
            Assert.Equal(0, buffer.Length % Block);
            Assert.Equal(0, Marshal.UnsafeAddrOfPinnedArrayElement(place.Array!, place.Offset) % Block);
        });
    }

    [Fact]
    public async Task Large_bodies_are_written_from_where_they_are()
    {
        using PayloadBuffer large = await _pool.RentAsync(100_001, TestContext.Current.CancellationToken);
        using PayloadBuffer small = await _pool.RentAsync(16 << 10, TestContext.Current.CancellationToken);

        _layout.Build(Guid.Empty, 1, Block, [Group(large, small)], []);

        Assert.Equal(100_001 / Block * Block, _layout.InPlaceBytes);
        Assert.Contains(_layout.Buffers, buffer => buffer.Equals((ReadOnlyMemory<byte>)large.Memory[..(int)_layout.InPlaceBytes]));
    }

    private static SegmentGroup Group(params PayloadBuffer[] bodies)
    {
        var group = new SegmentGroup();
        foreach (PayloadBuffer body in bodies)
        {
            group.Add(MemberKey.Blob(BlobHash.Compute(body.Span)), body.Memory);
        }

        return group;
    }
}
