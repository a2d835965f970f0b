using System.Runtime.InteropServices;

namespace Hutch.Simulator;

/// <summary>Makes the images of a series. Each is independent of the others, so they can be made in any order.</summary>
internal sealed class FrameSimulator
{
    private readonly SimulationOptions _options;
    private readonly Background[] _backgrounds;
    private readonly List<Reflection>[] _reflections;
    private readonly SpotPainter _painter;
    private readonly uint[] _counts;

    public FrameSimulator(SimulationOptions options)
    {
        _options = options;
        Geometry = Geometry.From(options);
        Crystal = new Crystal(options, Geometry);
        Faults = new PixelFaults(options);
        _reflections = Crystal.Diffract();
        _backgrounds =
            [.. Enumerable.Range(0, options.Channels).Select(channel => new Background(options, Geometry, ChannelScale(channel)))];
        _painter = new SpotPainter(options.Detector, options.SpotSigmaPixels);
        _counts = new uint[options.Detector.Rows * options.Detector.Columns];
    }

    public Geometry Geometry { get; }

    public Crystal Crystal { get; }

    public PixelFaults Faults { get; }

    public IReadOnlyList<Reflection> Reflections(int image) => _reflections[image];

    /// <param name="image">Its number, from 0.</param>
    /// <param name="channel">Its channel, from 0: higher thresholds count fewer photons.</param>
    /// <param name="pixels">Receives the pixels, little-endian.</param>
    /// <param name="counted">Receives the photons of each reflection that good pixels counted.</param>
    public void Draw(int image, int channel, Span<byte> pixels, Span<int> counted)
    {
        var random = new SimulationRandom(_options.Seed, (ulong)((image * 16) + channel + 1));
        _backgrounds[channel].Draw(_counts, ref random);
        ReadOnlySpan<Reflection> reflections = CollectionsMarshal.AsSpan(_reflections[image]);
        for (int i = 0; i < reflections.Length; i++)
        {
            counted[i] = _painter.Paint(reflections[i], ChannelScale(channel), _counts, Faults.Mask, ref random);
        }

        foreach (int pixel in Faults.HotPixels)
        {
            _counts[pixel] += (uint)random.NextPoisson(PixelFaults.HotCounts);
        }

        if (_options.BitDepth == 16)
        {
            Store(MemoryMarshal.Cast<byte, ushort>(pixels));
        }
        else
        {
            Store(MemoryMarshal.Cast<byte, uint>(pixels));
        }
    }

    private static double ChannelScale(int channel) => Math.Pow(0.5, channel);

    private void Store(Span<ushort> pixels)
    {
        ReadOnlySpan<uint> mask = Faults.Mask;
        ReadOnlySpan<uint> counts = _counts;
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = mask[i] != 0 ? ushort.MaxValue : (ushort)Math.Min(counts[i], SeriesFiles.Saturation16);
        }
    }

    private void Store(Span<uint> pixels)
    {
        ReadOnlySpan<uint> mask = Faults.Mask;
        ReadOnlySpan<uint> counts = _counts;
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = mask[i] != 0 ? uint.MaxValue : counts[i];
        }
    }
}
