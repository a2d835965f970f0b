using FsCheck;
using FsCheck.Fluent;
using Hutch.Analysis.Spots;

namespace Hutch.Analysis.Tests.Support;

/// <summary>A random image with random parameters, small enough to print.</summary>
internal sealed record SpotCase(int Seed, int Width, int Height, int Bits, double Bad, SpotFinderParameters Parameters)
{
    public static Gen<SpotCase> Any(SpotAlgorithm algorithm) =>
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from width in Gen.Choose(1, 110)
        from height in Gen.Choose(1, 30)
        from bits in Gen.Elements(1, 3, 8, 12, 16, 24, 32)
        from bad in Gen.Elements(0, 0.02, 0.5, 0.97)
        from parameters in Parametrised(algorithm)
        select new SpotCase(seed, width, height, bits, bad, parameters);

    public TestImage Image() =>
        Seed % 3 == 0
            ? new ImageMaker(Seed).Diffraction(Width, Height, Math.Min(1 << Bits, 50_000) / 8.0, spots: 5, Bad)
            : new ImageMaker(Seed).Wild(Width, Height, Bits, Bad);

    private static Gen<SpotFinderParameters> Parametrised(SpotAlgorithm algorithm) =>
        from halfX in Gen.Frequency((3, Gen.Constant(3)), (1, Gen.Choose(1, SpotFinderParameters.MaxKernelHalfWidth)))
        from halfY in Gen.Frequency((3, Gen.Constant(3)), (1, Gen.Choose(1, SpotFinderParameters.MaxKernelHalfWidth)))
        from gain in Gen.Elements(1, 1, 0.3, 2.5, 1e-9, 1e9)
        from background in Gen.Elements(6, 6, 0, 0.5, 30.0)
        from strong in Gen.Elements(3, 3, 0, 0.7, 12, 1e5)
        from minLocal in Gen.Elements(2, 2, 0, -1, 1, 20, 49, 200)
        from threshold in Gen.Elements<double?>(0, 0, 0.5, 2.5, 70, 66_000, 1e9, null)
        select new SpotFinderParameters
        {
            Algorithm = algorithm,
            KernelHalfWidthX = halfX,
            KernelHalfWidthY = halfY,
            Gain = gain,
            SigmaBackground = background,
            SigmaStrong = strong,
            MinLocal = minLocal,
            GlobalThreshold = threshold,
        };
}
