using System.Buffers;
using System.Text;
using Hutch.Cluster.Journal;
using Hutch.Model;
using Hutch.Model.Records;

namespace Hutch.Cluster.Tests.Journal;

public sealed class CheckpointMarkTests
{
    [Fact]
    public void The_newest_checkpoint_is_found_among_other_records()
    {
        byte[] lines =
        [
            .. Line(new JournalRecord.Checkpoint(3, [BlobHash.Compute("a"u8)], 1) { Sequence = 4 }),
            .. Line(new JournalRecord.Checkpoint(7, [BlobHash.Compute("b"u8)], 1) { Sequence = 8 }),
        ];

        Assert.True(CheckpointMark.IsIn(lines));
        Assert.Equal(7, CheckpointMark.Newest(lines)?.Through);
    }

    [Fact]
    public void Lines_without_one_have_none()
    {
        byte[] lines = Encoding.UTF8.GetBytes("{\"seq\":1,\"k\":\"x\"}\n");

        Assert.False(CheckpointMark.IsIn(lines));
        Assert.Null(CheckpointMark.Newest(lines));
    }

    private static byte[] Line(JournalRecord record)
    {
        using var writer = new RecordLineWriter();
        var line = new ArrayBufferWriter<byte>();
        writer.Write(line, record);
        return line.WrittenSpan.ToArray();
    }
}
