using System.Runtime.Intrinsics;
using Hutch.Analysis.Spots;
using Hutch.Analysis.Spots.Kernels;

namespace Hutch.Analysis.Tests.Spots.Kernels;

/// <summary>The bounds themselves, at the very sums where the exact tests begin to pass.</summary>
public sealed class CandidateBoundTests
{
    public static TheoryData<SpotFinderParameters> Parameters =>
    [
        SpotFinderParameters.Default,
        SpotFinderParameters.Default with { Gain = 2.7 },
        SpotFinderParameters.Default with { Gain = 1e6 },
        SpotFinderParameters.Default with { SigmaBackground = 0 },
        SpotFinderParameters.Default with { KernelHalfWidthX = 1, KernelHalfWidthY = 1, SigmaBackground = 1 },
        SpotFinderParameters.Default with { KernelHalfWidthX = 6, KernelHalfWidthY = 6, SigmaStrong = 0.5 },
        SpotFinderParameters.Default with { MinLocal = 40 },
    ];

    [Theory]
    [MemberData(nameof(Parameters))]
    public void The_fewest_squares_that_are_dispersed_pass_the_bound(SpotFinderParameters parameters)
    {
        var test = new WindowTest(parameters);
        var bound = new CandidateBound(parameters, test, Lanes128.TableSize);
        for (int n = 1; n <= parameters.WindowPixels; n++)
        {
            for (int sum = 0; sum <= bound.LargestSquared * Math.Sqrt(parameters.WindowPixels); sum++)
            {
                int squares = FewestDispersed(test, n, sum);
                if (squares <= ushort.MaxValue)
                {
                    AssertPasses(bound, (ushort)sum, (ushort)squares, $"n {n}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Parameters))]
    public void The_largest_sum_above_which_a_pixel_stands_out_passes_the_table(SpotFinderParameters parameters)
    {
        var test = new WindowTest(parameters);
        ushort[] table = new CandidateBound(parameters, test, Lanes128.TableSize).Table;
        for (int biased = 1; biased < table.Length - 1; biased++)
        {
            for (int n = 1; n <= parameters.WindowPixels; n++)
            {
                long passing = test.PassingSums(n, biased - 1);

                Assert.True(passing <= table[biased], $"value {biased - 1}, n {n}: {passing} sums pass, the table says {table[biased]}");
                Assert.True(passing == 0 || test.IsAboveMean(n, passing - 1, biased - 1));
                Assert.False(test.IsAboveMean(n, passing, biased - 1));
            }
        }
    }

    private static int FewestDispersed(WindowTest test, int n, int sum)
    {
        int squares = sum * sum / n;
        int least = squares, most = ushort.MaxValue + 1;
        while (least < most)
        {
            int middle = (least + most) / 2;
            (least, most) = test.IsDispersed(n, sum, middle) ? (least, middle) : (middle + 1, most);
        }

        return least;
    }

    private static void AssertPasses(CandidateBound bound, ushort sum, ushort squares, string what)
    {
        uint passed = Lanes128.Candidates(
            Vector128.Create(sum),
            Vector128.Create(squares),
            Vector128<ushort>.AllBitsSet,
            Vector128.Create(bound.InverseRoot),
            Vector128.Create(bound.DispersionFactor),
            Vector128.Create(bound.CertainlyDispersed));

        Assert.True(passed == 0xFF, $"{what}: S {sum}, Q {squares} is dispersed, and does not pass the bound");
    }
}
