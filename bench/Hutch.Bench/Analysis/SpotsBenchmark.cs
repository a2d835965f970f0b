using System.Globalization;
using System.Runtime.InteropServices;
using Hutch.Analysis.Spots;

namespace Hutch.Bench.Analysis;

/// <summary>Strong pixels of a frame, one core: the same pixels as the plain C++ peer, then the time of both.</summary>
internal sealed class SpotsBenchmark : IBenchmark
{
    private const int Turns = 5;
    private const int RoundsPerTurn = 9;

    /// <inheritdoc/>
    public string Name => "spots";

    /// <inheritdoc/>
    public string Description => "strong pixels by dispersion on one core (processor time), uint16; peer: plain C++ with summed-area tables (bench/peers/dispersion*.cpp)";

    /// <inheritdoc/>
    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        string peer = await context.CompileCppAsync("dispersion.cpp", cancellationToken);
        await CompareAsync(context, peer, "4M, background 1.5", new SyntheticFrame(2068, 2162, 1.5, 300), cancellationToken);
        await CompareAsync(context, peer, "4M, background 0.1", new SyntheticFrame(2068, 2162, 0.1, 300), cancellationToken);
        await CompareAsync(context, peer, "4M, background 30", new SyntheticFrame(2068, 2162, 30, 300), cancellationToken);
        await CompareAsync(context, peer, "16M, background 1.5", new SyntheticFrame(4148, 4362, 1.5, 1000), cancellationToken);
        string extended = await context.CompileCppAsync("dispersion_extended.cpp", cancellationToken);
        await CompareAsync(
            context, extended, "4M, background 1.5, extended", new SyntheticFrame(2068, 2162, 1.5, 300), cancellationToken, SpotAlgorithm.DispersionExtended);
    }

    private static async Task CompareAsync(
        BenchmarkContext context, string peer, string what, SyntheticFrame frame, CancellationToken cancellationToken, SpotAlgorithm algorithm = SpotAlgorithm.Dispersion)
    {
        DetectorMask mask = DetectorMask.FromPixelMask(frame.Width, frame.Height, frame.PixelMask);
        string pixelFile = Path.Combine(context.Folder, "pixels"), maskFile = Path.Combine(context.Folder, "mask");
        string strongFile = Path.Combine(context.Folder, "strong");
        await File.WriteAllBytesAsync(pixelFile, MemoryMarshal.AsBytes<ushort>(frame.Pixels).ToArray(), cancellationToken);
        await File.WriteAllBytesAsync(maskFile, mask.Bytes.ToArray(), cancellationToken);

        var finder = new SpotFinder(mask, SpotFinderParameters.Default with { Algorithm = algorithm });
        List<double> ours = [], theirs = [];
        for (int warm = 0; warm < 60; warm++)
        {
            finder.FindStrongPixels(frame.Pixels);
        }

        // In turns, so that both see the same neighbours on the machine.
        for (int turn = 0; turn < Turns; turn++)
        {
            string output = await BenchmarkContext.RunProgramAsync(
                peer,
                [Text(frame.Width), Text(frame.Height), pixelFile, maskFile, strongFile, Text(RoundsPerTurn)],
                cancellationToken);
            theirs.AddRange(output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => double.Parse(l, CultureInfo.InvariantCulture)));
            for (int round = 0; round < RoundsPerTurn; round++)
            {
                ours.Add(BenchmarkContext.TimeProcessor(() => finder.FindStrongPixels(frame.Pixels)));
            }
        }

        byte[] theirPixels = await File.ReadAllBytesAsync(strongFile, cancellationToken);
        int strong = StrongPixelMasks.AssertSame(finder.FindStrongPixels(frame.Pixels), theirPixels, what);
        context.ReportRatio($"{what} ({strong} strong pixels, the same)", ours, theirs, aim: 10);
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
