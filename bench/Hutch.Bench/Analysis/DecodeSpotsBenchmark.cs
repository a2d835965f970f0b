using System.Globalization;
using System.Runtime.InteropServices;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Spots;
using Hutch.Formats.Frames;

namespace Hutch.Bench.Analysis;

/// <summary>From a stored chunk to strong pixels, one core: the same pixels as libhdf5 and the plain C++ peer, then the time of both.</summary>
internal sealed class DecodeSpotsBenchmark : IBenchmark
{
    private const int Turns = 5;
    private const int RoundsPerTurn = 9;

    /// <inheritdoc/>
    public string Name => "decode-spots";

    /// <inheritdoc/>
    public string Description => "bitshuffle-LZ4 chunk to strong pixels on one core (processor time), uint16; peer: libhdf5 with its plug-in, then plain C++ (bench/peers/decode_dispersion.cpp)";

    /// <inheritdoc/>
    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        string peer = await context.CompileCppAsync(
            "decode_dispersion.cpp", cancellationToken, "-I/usr/include/hdf5/serial", "-L/usr/lib/x86_64-linux-gnu/hdf5/serial", "-lhdf5");
        await CompareAsync(context, peer, "4M, background 1.5", new SyntheticFrame(2068, 2162, 1.5, 300), cancellationToken);
        await CompareAsync(context, peer, "16M, background 1.5", new SyntheticFrame(4148, 4362, 1.5, 1000), cancellationToken);
    }

    private static async Task CompareAsync(BenchmarkContext context, string peer, string what, SyntheticFrame frame, CancellationToken cancellationToken)
    {
        DetectorMask mask = DetectorMask.FromPixelMask(frame.Width, frame.Height, frame.PixelMask);
        byte[] chunk = Encode(frame.Pixels);
        string chunkFile = Path.Combine(context.Folder, "chunk"), maskFile = Path.Combine(context.Folder, "mask");
        string strongFile = Path.Combine(context.Folder, "strong");
        await File.WriteAllBytesAsync(chunkFile, chunk, cancellationToken);
        await File.WriteAllBytesAsync(maskFile, mask.Bytes.ToArray(), cancellationToken);

        var finder = new SpotFinder(mask, SpotFinderParameters.Default);
        var pixels = new ushort[frame.Pixels.Length];
        List<double> ourDecode = [], ours = [], theirDecode = [], theirs = [];
        for (int warm = 0; warm < 60; warm++)
        {
            Decode(chunk, pixels);
            FindStrong(finder, chunk, pixels);
        }

        for (int turn = 0; turn < Turns; turn++)
        {
            string output = await BenchmarkContext.RunProgramAsync(
                peer,
                [Text(frame.Width), Text(frame.Height), chunkFile, maskFile, strongFile, Text(RoundsPerTurn)],
                cancellationToken);
            foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                double[] times = [.. line.Split(' ').Select(t => double.Parse(t, CultureInfo.InvariantCulture))];
                theirDecode.Add(times[0]);
                theirs.Add(times[1]);
            }

            for (int round = 0; round < RoundsPerTurn; round++)
            {
                ourDecode.Add(BenchmarkContext.TimeProcessor(() => Decode(chunk, pixels)));
                ours.Add(BenchmarkContext.TimeProcessor(() => FindStrong(finder, chunk, pixels)));
            }
        }

        byte[] theirPixels = await File.ReadAllBytesAsync(strongFile, cancellationToken);
        FindStrong(finder, chunk, pixels);
        int strong = StrongPixelMasks.AssertSame(finder.Strong, theirPixels, what);
        double ratio = (double)pixels.Length * sizeof(ushort) / chunk.Length;
        context.ReportRatio(string.Create(CultureInfo.InvariantCulture, $"{what}, decoding alone (compressed {ratio:0.0} to 1)"), ourDecode, theirDecode, aim: 3);
        context.ReportRatio($"{what}, decoding and {strong} strong pixels, the same", ours, theirs, aim: 6);
    }

    private static byte[] Encode(ushort[] pixels)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes<ushort>(pixels);
        var buffer = new byte[FrameEncoder.MaxEncodedLength(FrameCodec.BitshuffleLz4, bytes.Length)];
        int length = FrameEncoder.Encode(FrameCodec.BitshuffleLz4, sizeof(ushort), bytes, buffer);
        return buffer[..length];
    }

    private static void Decode(byte[] chunk, ushort[] pixels)
    {
        FrameDecodeError error = FrameDecoder.TryDecode(FrameCodec.BitshuffleLz4, sizeof(ushort), 0, chunk, MemoryMarshal.AsBytes(pixels.AsSpan()));
        if (error != FrameDecodeError.None)
        {
            throw new InvalidOperationException(error.Describe());
        }
    }

    // Band after band, as the server does it.
    private static void FindStrong(SpotFinder finder, byte[] chunk, ushort[] pixels)
    {
        Span<byte> memory = MemoryMarshal.AsBytes(pixels.AsSpan());
        var rows = new FrameRows(
            1, new FramePieces(FrameCodec.BitshuffleLz4, sizeof(ushort), 0, chunk, memory.Length), memory, finder.Mask.Width * sizeof(ushort));
        if (finder.FindStrongPixels<ushort>(ref rows) is { } damage)
        {
            throw damage.ToException();
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
