using Hutch.Formats.Frames;
using Hutch.Formats.Native;
using Hutch.Simulator;

namespace Hutch.Bench.Formats;

/// <summary>Our frame decoder beside libhdf5 with the bitshuffle plug-in, both in this process, on the same simulated frame.</summary>
internal sealed class DecodeBenchmark : IBenchmark
{
    private const int Rounds = 15;
    private const int WarmUps = 50;
    private const double Aim = 3;

    // Debian's folder of filter plug-ins is the library's default; it is loaded when the first chunk is read.
    private const uint AllPlugins = uint.MaxValue;

    public string Name => "decode";

    public string Description => "bitshuffle-LZ4 to pixels on one core, beside libhdf5 with its plug-in (H5Dread)";

    public Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        foreach ((string detector, int bits) in new[] { ("eiger2-4m", 16), ("eiger2-4m", 32), ("eiger2-16m", 16), ("eiger2-16m", 32) })
        {
            cancellationToken.ThrowIfCancellationRequested();
            Compare(context, new SimulationOptions { Detector = DetectorModel.Find(detector).Value, BitDepth = bits, Images = 1 });
        }

        return Task.CompletedTask;
    }

    private static void Compare(BenchmarkContext context, SimulationOptions options)
    {
        string master = SeriesFiles.Write(options, context.Folder, $"{options.Detector.Name}-{options.BitDepth}", null, CancellationToken.None).Value;
        string data = master.Replace("_master", "_data_000001", StringComparison.Ordinal);
        byte[] pixels = new byte[options.Detector.Rows * options.Detector.Columns * options.BitDepth / 8];
        byte[] peerPixels = new byte[pixels.Length];
        byte[] chunk = ReadChunk(data);
        var ours = new List<double>();
        var peer = new List<double>();
        lock (Hdf5Library.Gate)
        {
            Hdf5Library.Check(Hdf5Library.H5PLset_loading_state(AllPlugins));
            using Hdf5Id access = Hdf5Library.NewUnlockedAccess();
            using Hdf5Id file = Hdf5Library.Check(Hdf5Library.H5Fopen(data, 0, access));
            using Hdf5Id dataset = Hdf5Library.Check(Hdf5Library.H5Oopen(file, "/entry/data/data", Hdf5Id.Default));
            double first = BenchmarkContext.Time(() => Decode(chunk, options.BitDepth / 8, pixels));
            context.Report($"{options.Detector.Name}, {options.BitDepth} bits: the first frame of a process or size takes {first:0.0} ms");
            for (int warm = 0; warm < WarmUps; warm++)
            {
                Decode(chunk, options.BitDepth / 8, pixels);
            }

            for (int round = -1; round < Rounds; round++)
            {
                double mine = BenchmarkContext.Time(() => Decode(chunk, options.BitDepth / 8, pixels));
                double other = BenchmarkContext.Time(() => ReadThroughPlugin(dataset, peerPixels));
                if (round >= 0)
                {
                    ours.Add(mine);
                    peer.Add(other);
                }
            }
        }

        if (!pixels.AsSpan().SequenceEqual(peerPixels))
        {
            throw new InvalidOperationException("The two decoders do not agree.");
        }

        double ratio = (double)pixels.Length / chunk.Length;
        context.Report($"{options.Detector.Name}, {options.BitDepth} bits, ratio {ratio:0.0}, hutch {1000 / ours.Min():0} frames/s at best, {BitTranspose.BestPath}");
        context.ReportRatio("  decode", ours, peer, Aim);
    }

    private static void Decode(byte[] chunk, int elementSize, byte[] pixels)
    {
        if (FrameDecoder.TryDecode(FrameCodec.BitshuffleLz4, elementSize, 0, chunk, pixels) != FrameDecodeError.None)
        {
            throw new InvalidOperationException("The frame does not decode.");
        }
    }

    private static unsafe void ReadThroughPlugin(Hdf5Id dataset, byte[] pixels)
    {
        using Hdf5Id type = Hdf5Library.Check(Hdf5Library.H5Dget_type(dataset));
        fixed (byte* target = pixels)
        {
            Hdf5Library.Check(Hdf5Library.H5Dread(dataset, type, Hdf5Id.Default, Hdf5Id.Default, Hdf5Id.Default, target));
        }
    }

    private static unsafe byte[] ReadChunk(string path)
    {
        lock (Hdf5Library.Gate)
        {
            using Hdf5Id access = Hdf5Library.NewUnlockedAccess();
            using Hdf5Id file = Hdf5Library.Check(Hdf5Library.H5Fopen(path, 0, access));
            using Hdf5Id dataset = Hdf5Library.Check(Hdf5Library.H5Oopen(file, "/entry/data/data", Hdf5Id.Default));
            ulong* offset = stackalloc ulong[3] { 0, 0, 0 };
            uint mask = 0;
            ulong address = 0, bytes = 0;
            Hdf5Library.Check(Hdf5Library.H5Dget_chunk_info_by_coord(dataset, offset, &mask, &address, &bytes));
            byte[] chunk = new byte[bytes];
            fixed (byte* target = chunk)
            {
                Hdf5Library.Check(Hdf5Library.H5Dread_chunk(dataset, Hdf5Id.Default, offset, &mask, target));
            }

            return chunk;
        }
    }
}
