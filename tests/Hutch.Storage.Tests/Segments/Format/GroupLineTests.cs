using System.Text;
using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Tests.Segments.Format;

public class GroupLineTests
{
    private const string Text =
        "{\"k\":\"storage.group\",\"id\":\"00112233-4455-6677-8899-aabbccddeeff\",\"group\":3,\"offset\":2560,\"members\":2,\"bytes\":8192,\"headersCrc\":\"0a1b2c3d\",\"first\":10,\"last\":12}\n";

    private static readonly GroupLine Line = new(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), 3, 2560, 2, 8192, 0x0A1B2C3D, 10, 12);

    [Fact]
    public void The_line_is_that_of_the_format_and_reads_back()
    {
        Assert.Equal(Text, Line.ToText());
        Assert.True(GroupLine.TryRead(Encoding.ASCII.GetBytes(Text), out GroupLine back));
        Assert.Equal(Line, back);
    }

    [Fact]
    public void The_longest_line_fits()
    {
        var longest = new GroupLine(Guid.Empty, long.MaxValue, long.MaxValue, int.MaxValue, long.MaxValue, uint.MaxValue, long.MaxValue, long.MaxValue);

        Assert.True(longest.ToText().Length <= GroupLine.MaxSize);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}\n")]
    [InlineData("not json\n")]
    [InlineData("{\"seq\":1}\n")]
    [InlineData("{\"k\":\"storage.group\",\"group\":\"x\"}\n")]
    [InlineData("{\"k\":\"storage.group\",\"members\":99999999999}\n")]
    [InlineData("[[[[\n")]
    public void Other_lines_are_refused(string text) => Assert.False(GroupLine.TryRead(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void A_line_with_anything_changed_is_refused_or_another_line()
    {
        byte[] bytes = Encoding.ASCII.GetBytes(Text);
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            Assert.False(GroupLine.TryRead(bytes, out GroupLine back) && back == Line);
            bytes[i] ^= 1;
        }
    }

    [Fact]
    public void A_note_of_an_abandoned_segment_reads_back()
    {
        var note = new AbandonLine(17, 4096);

        Assert.Equal("{\"k\":\"storage.abandon\",\"segment\":17,\"offset\":4096}\n", Encoding.ASCII.GetString(note.ToBytes()));
        Assert.True(AbandonLine.TryRead(note.ToBytes(), out AbandonLine back));
        Assert.Equal(note, back);
        Assert.False(AbandonLine.TryRead("{\"k\":\"storage.abandon\",\"segment\":17}\n"u8, out _));
        Assert.False(AbandonLine.TryRead("{\"seq\":1}\n"u8, out _));
    }

    [Fact]
    public void An_identity_reads_back_and_one_of_a_later_format_is_understood_as_far_as_it_goes()
    {
        var identity = new SegmentIdentity(1, 5, Guid.Empty, Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), Lane.Bulk, new DateTimeOffset(2026, 11, 20, 8, 30, 0, TimeSpan.Zero));

        Assert.Equal(
            "{\"format\":2,\"minReader\":1,\"segment\":5,\"id\":\"00000000-0000-0000-0000-000000000000\",\"store\":\"00112233-4455-6677-8899-aabbccddeeff\",\"lane\":\"bulk\",\"created\":\"2026-11-20T08:30:00Z\"}\n",
            Encoding.ASCII.GetString(identity.ToBytes()));
        Assert.True(SegmentIdentity.TryRead(identity.ToBytes(), out SegmentIdentity back));
        Assert.Equal(identity, back);
        SegmentIdentity next = identity with { Previous = new SegmentSeal("0000000004.bulk.tar", 9216, 4096, 3, 0, 0x0a1b2c3d) };
        Assert.Contains(
            "\"previous\":\"0000000004.bulk.tar bytes=9216 groups=4096 members=3 last=0 footer=0a1b2c3d\"}", Encoding.ASCII.GetString(next.ToBytes()), StringComparison.Ordinal);
        Assert.True(SegmentIdentity.TryRead(next.ToBytes(), out back));
        Assert.Equal(next, back);
        string later = Encoding.ASCII.GetString(identity.ToBytes()).Replace("\"minReader\":1", "\"minReader\":7,\"new\":[1]", StringComparison.Ordinal);
        Assert.True(SegmentIdentity.TryRead(Encoding.ASCII.GetBytes(later), out back));
        Assert.Equal(7, back.MinReader);
        Assert.False(SegmentIdentity.TryRead("{}"u8, out _));
        Assert.False(SegmentIdentity.TryRead("x"u8, out _));
    }
}
