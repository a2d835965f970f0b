using Hutch.Detectors.Ingest;
using Hutch.Detectors.Sources;
using Hutch.Formats.Frames;
using Hutch.Formats.Hdf5;
using Hutch.Formats.NxMx;
using Hutch.Simulator;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Support;

/// <summary>Simulated series for the tests, small enough to be made anew for each.</summary>
internal static class Series
{
    public static SimulationOptions Tiny { get; } = new()
    {
        Detector = DetectorModel.Find("tiny").Value,
        Images = 5,
        ImagesPerFile = 2,
        Seed = 7,
    };

    public static string Write(SimulationOptions options, TemporaryFolder folder) =>
        SeriesFiles.Write(options, folder.Path, "sim", null, TestContext.Current.CancellationToken).Value;

    public static async Task<NxMxSource> OpenAsync(string master, Hdf5ReaderOptions? options = null) =>
        (await NxMxSource.OpenAsync(
            master, Readers.Command, options ?? new Hdf5ReaderOptions(), TimeProvider.System, TestContext.Current.CancellationToken)).Value;

    public static async Task<string> RefusalAsync(string master) => (await ErrorAsync(master)).Message;

    public static async Task<Model.HutchError> ErrorAsync(string master)
    {
        Model.Result<SeriesDescription> result = await Readers.Shared.OpenAsync(master, TestContext.Current.CancellationToken);
        Assert.False(result.IsOk, "The file was accepted.");
        return result.Error;
    }

    public static IReadOnlyDictionary<string, string>? UserMetadata(IFrameSource source, SourceFrame frame) =>
        FrameEntry.UserMetadata(frame, source.Header.Codec);

    public static byte[] Decode(IFrameSource source, SourceFrame frame)
    {
        (FrameCodec codec, uint mask) = FrameEntry.Encoding(source.Header, UserMetadata(source, frame)).Value;
        byte[] pixels = new byte[source.Header.ImageBytes];
        Assert.Equal(
            FrameDecodeError.None, FrameDecoder.TryDecode(codec, source.Header.Type.Size(), mask, frame.Bytes.Span, pixels));
        return pixels;
    }

    public static byte[] Draw(SimulationOptions options, int image, int channel)
    {
        var simulator = new FrameSimulator(options);
        byte[] pixels = new byte[options.Detector.Rows * options.Detector.Columns * options.BitDepth / 8];
        simulator.Draw(image, channel, pixels, new int[simulator.Reflections(image).Count]);
        return pixels;
    }
}
