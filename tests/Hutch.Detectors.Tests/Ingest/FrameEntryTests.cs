using Hutch.Detectors.Ingest;

namespace Hutch.Detectors.Tests.Ingest;

public sealed class FrameEntryTests
{
    [Fact]
    public void Names_of_frames_read_back()
    {
        Assert.Equal("000001", FrameEntry.Path(1));
        Assert.Equal("1234567", FrameEntry.Path(1_234_567));
        Assert.Equal("threshold_2/000017", FrameEntry.Path(17, "threshold_2"));
        Assert.True(FrameEntry.TryParse("threshold_2/000017", out int number, out string channel));
        Assert.Equal((17, "threshold_2"), (number, channel));
        Assert.All(["header", "00001", "000000", "header.d/mask.npy", "12345x", ""], path => Assert.False(FrameEntry.TryParse(path, out _, out _)));
    }
}
