using System.Buffers;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.Hdf5;
using Hutch.Formats.NxMx;
using Hutch.Formats.Tests.Support;

namespace Hutch.Formats.Tests.Hdf5;

public sealed class SyntheticMasterTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_legacy_master_with_external_data_files_is_described()
    {
        await using Hdf5ReaderProcess reader = Readers.Start();

        SeriesDescription series = (await reader.OpenAsync(TestData.Path("synthetic/synth_master.h5"), Cancellation)).Value;

        Assert.Equal(TestData.SyntheticImages, series.Images);
        Assert.Equal((TestData.SyntheticRows, TestData.SyntheticColumns), (series.Rows, series.Columns));
        Assert.Equal(ElementType.UInt16, series.Type);
        Assert.Equal(FrameCodec.BitshuffleLz4, series.Codec);
        Assert.Equal([""], series.Channels);
        Assert.Equal(0.9763, (double)series.Nexus["instrument"]!["beam"]!["incident_wavelength"]!);
        Assert.Equal("angstrom", (string?)series.Nexus["instrument"]!["beam"]!["incident_wavelength@units"]);
        Assert.Equal("NXdetector", (string?)series.Nexus["instrument"]!["detector"]!["@NX_class"]);
        Assert.Equal(5, series.Nexus["sample"]!["transformations"]!["omega"]!.AsArray().Count);
        Assert.Contains(series.Arrays, array => array is { Name: "pixel_mask", Type: ElementType.UInt32 });
    }

    [Fact]
    public async Task Chunks_come_over_exactly_as_they_are_stored()
    {
        await using Hdf5ReaderProcess reader = Readers.Start();
        Assert.True((await reader.OpenAsync(TestData.Path("synthetic/synth_master.h5"), Cancellation)).IsOk);

        foreach (int image in new[] { 1, 2, 3, 4, 5, 1 })
        {
            var chunk = new ArrayBufferWriter<byte>();
            FrameInfo info = (await reader.ReadFrameAsync(image - 1, 0, chunk, Cancellation)).Value;

            Assert.Equal(new FrameInfo(FrameCodec.BitshuffleLz4, 0, false), info);
            Assert.Equal(TestData.SyntheticChunk(image), chunk.WrittenSpan);
        }
    }

    [Fact]
    public async Task The_mask_is_read()
    {
        await using Hdf5ReaderProcess reader = Readers.Start();
        SeriesDescription series = (await reader.OpenAsync(TestData.Path("synthetic/synth_master.h5"), Cancellation)).Value;

        NumericArray mask = (await reader.ReadArrayAsync(series.Arrays.First(a => a.Name == "pixel_mask"), Cancellation)).Value;

        Assert.Equal([TestData.SyntheticRows, TestData.SyntheticColumns], mask.Shape);
        Assert.Contains(mask.As<uint>().ToArray(), value => value != 0);
        Assert.Contains(mask.As<uint>().ToArray(), value => value == 0);
    }
}
