using System.Text;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Packs;
using Hutch.DataLad.Tests.Support;
using Hutch.Model;

namespace Hutch.DataLad.Tests.Packs;

/// <summary>Packs of clients: whole objects and deltas come out; bombs, loops and everything that is no pack are refused in time.</summary>
public sealed class PackUnpackerTests
{
    private const int MaxObject = 1 << 20;

    [Fact]
    public void Deltas_to_deltas_come_out_whatever_order_they_stand_in()
    {
        var pack = new PackBuilder();
        byte[] one = Encoding.UTF8.GetBytes("the first");
        var two = ObjectId.Compute(ObjectKind.Blob, [.. one, .. "+2"u8]);
        pack.AddDelta(two, PackBuilder.DeltaOf(one.Length + 2, "+3"u8.ToArray()));
        long first = pack.Next;
        pack.Add(ObjectKind.Blob, one);
        pack.AddDelta(pack.Next - first, PackBuilder.DeltaOf(one.Length, "+2"u8.ToArray()));

        Dictionary<ObjectId, string> got = Unpack(pack.Build());

        Assert.Equal(["the first", "the first+2", "the first+2+3"], got.Values.Order(StringComparer.Ordinal));
        Assert.Equal("the first+2", got[two]);
    }

    [Fact]
    public void A_long_chain_takes_each_object_once_and_little_memory()
    {
        var pack = new PackBuilder();
        long before = pack.Next;
        pack.Add(ObjectKind.Blob, new byte[1000]);
        for (int i = 0; i < 4000; i++)
        {
            long at = pack.Next;
            pack.AddDelta(at - before, PackBuilder.DeltaOf(1000 + i, [(byte)i]));
            before = at;
        }

        Assert.Equal(4001, Unpack(pack.Build(), maxBytes: 32 << 20).Count);
    }

    [Fact]
    public void A_chain_that_is_too_long_is_refused()
    {
        var pack = new PackBuilder();
        long before = pack.Next;
        pack.Add(ObjectKind.Blob, [0]);
        for (int i = 0; i < 4100; i++)
        {
            long at = pack.Next;
            pack.AddDelta(at - before, PackBuilder.DeltaOf(i + 1, [1]));
            before = at;
        }

        Assert.Equal(ErrorCode.TooLarge, Refused(pack.Build()));
    }

    [Fact]
    public void Cyclic_deltas_and_deltas_without_a_base_are_refused()
    {
        var circle = new PackBuilder();
        var one = ObjectId.Compute(ObjectKind.Blob, "one"u8);
        var two = ObjectId.Compute(ObjectKind.Blob, "two"u8);
        circle.AddDelta(one, PackBuilder.DeltaOf(3, []));
        circle.AddDelta(two, PackBuilder.DeltaOf(3, []));
        var intoTheMiddle = new PackBuilder();
        intoTheMiddle.AddBlob("some content");
        intoTheMiddle.AddDelta(3, PackBuilder.DeltaOf(3, []));
        var beforeThePack = new PackBuilder();
        beforeThePack.AddDelta(100, PackBuilder.DeltaOf(3, []));

        Assert.Equal(ErrorCode.BadRequest, Refused(circle.Build()));
        Assert.Equal(ErrorCode.BadRequest, Refused(intoTheMiddle.Build()));
        Assert.Equal(ErrorCode.BadRequest, Refused(beforeThePack.Build()));
    }

    [Fact]
    public void An_object_that_is_larger_than_it_may_be_is_refused_before_it_is_made()
    {
        var whole = new PackBuilder();
        whole.AddEntry((int)ObjectKind.Blob, 1L << 40, [], []);
        var delta = new PackBuilder();
        long first = delta.Next;
        delta.Add(ObjectKind.Blob, new byte[MaxObject]);
        delta.AddDelta(delta.Next - first, PackBuilder.DeltaOf(MaxObject, [1]));

        Assert.Equal(ErrorCode.TooLarge, Refused(whole.Build()));
        Assert.Equal(ErrorCode.TooLarge, Refused(delta.Build()));
    }

    [Fact]
    public void Many_large_objects_from_few_bytes_are_refused()
    {
        var pack = new PackBuilder();
        for (int i = 0; i < 100; i++)
        {
            pack.Add(ObjectKind.Blob, new byte[MaxObject - i]);
        }

        byte[] bomb = pack.Build();

        Assert.True(bomb.Length < 1 << 20);
        Assert.Equal(ErrorCode.TooLarge, Refused(bomb, maxBytes: 50 << 20));
    }

    [Fact]
    public void Whatever_byte_is_changed_nothing_else_comes_out()
    {
        var pack = new PackBuilder();
        long first = pack.Next;
        pack.AddBlob("some words that are repeated, some words that are repeated");
        pack.AddDelta(pack.Next - first, PackBuilder.DeltaOf(58, "more"u8.ToArray()));
        byte[] good = pack.Build();
        Dictionary<ObjectId, string> expected = Unpack(good);

        for (int at = 0; at < good.Length - ObjectId.Size; at++)
        {
            foreach (byte change in (byte[])[1, 0x80, 0xFF])
            {
                byte[] bad = [.. good];
                bad[at] ^= change;
                try
                {
                    Assert.All(Unpack(bad), one => Assert.Equal(one.Key, ObjectId.Compute(ObjectKind.Blob, Encoding.Latin1.GetBytes(one.Value))));
                }
                catch (HutchException)
                {
                    // Refused in words.
                }
            }
        }

        Assert.Equal(2, expected.Count);
    }

    [Fact]
    public void A_pack_with_fewer_or_more_objects_than_it_says_is_refused()
    {
        var pack = new PackBuilder();
        pack.AddBlob("a");
        pack.AddBlob("b");

        Assert.Equal(ErrorCode.BadRequest, Refused(pack.Build(count: 1)));
        Assert.Equal(ErrorCode.BadRequest, Refused(pack.Build(count: 3)));
        Assert.Equal(ErrorCode.TooLarge, Refused(pack.Build(count: uint.MaxValue)));
    }

    private static ErrorCode Refused(byte[] pack, long maxBytes = 64 << 20) =>
        Assert.Throws<HutchException>(() => Unpack(pack, maxBytes)).Error.Code;

    private static Dictionary<ObjectId, string> Unpack(byte[] pack, long maxBytes = 64 << 20)
    {
        long end = pack.Length - ObjectId.Size;
        var got = new Got();
        var entries = new PackEntries(
            (destination, offset) =>
            {
                int length = (int)Math.Clamp(pack.Length - offset, 0, destination.Length);
                pack.AsSpan((int)Math.Min(offset, pack.Length), length).CopyTo(destination);
                return length;
            },
            end,
            MaxObject);
        new PackUnpacker(entries, PackEntries.CountOf(pack, 1_000_000), end, got, maxBytes).Run(TestContext.Current.CancellationToken);
        return got.Objects;
    }

    private sealed class Got : IObjectSink
    {
        public Dictionary<ObjectId, string> Objects { get; } = [];

        public bool Needs(ObjectId id) => !Objects.ContainsKey(id);

        public void Write(ObjectKind kind, ObjectId id, ReadOnlySpan<byte> content) => Objects.Add(id, Encoding.Latin1.GetString(content));
    }
}
