using Hutch.Analysis.Geometry;

namespace Hutch.Analysis.Tests.Geometry;

public sealed class IceRingsTests
{
    [Fact]
    public void The_first_rings_are_those_of_hexagonal_ice()
    {
        double[] expected =
        [
            .0659, .0743, .0845, .1402, .1977, .2330, .2636, .2720, .2822, .2971, .3379, .3630, .4308, .4613, .4799, .4949, .5302, .5356, .5607, .5931, .6117, .6285,
        ];

        double[] rings = new IceRings().UpTo(0.63).ToArray();

        Assert.Equal(expected.Length, rings.Length);
        Assert.All(expected.Zip(rings), pair => Assert.Equal(pair.First, pair.Second, 0.0001));
    }

    [Fact]
    public void The_rings_are_all_the_allowed_reflections_and_no_others()
    {
        var slow = new SortedSet<double>();
        for (int h = -9; h <= 9; h++)
        {
            for (int k = -9; k <= 9; k++)
            {
                for (int l = -14; l <= 14; l++)
                {
                    // h h -2h l and its equivalents, 0 0 l among them, need an even l.
                    int i = -h - k;
                    bool special = h == k || h == i || k == i;
                    double s = (4.0 / 3 * ((h * h) + (h * k) + (k * k)) / (4.498 * 4.498)) + (l * l / (7.338 * 7.338));
                    if (s > 0 && s <= 1.7 && (!special || l % 2 == 0))
                    {
                        slow.Add(Math.Round(s, 12));
                    }
                }
            }
        }

        Assert.Equal(slow, new IceRings().UpTo(1.7).ToArray().Select(s => Math.Round(s, 12)));
    }

    [Fact]
    public void A_ring_just_beyond_the_furthest_spot_can_hold_it()
    {
        var ice = new IceRings();
        double ring = ice.UpTo(0.3)[3];

        Assert.True(ice.IsIce(ice.UpTo(ring - 0.00199), ring - 0.00199));
        Assert.DoesNotContain(ring, ice.UpTo(ring - 0.00201).ToArray());
    }

    [Fact]
    public void A_spot_is_ice_within_half_a_width_of_a_ring()
    {
        var ice = new IceRings();
        ReadOnlySpan<double> rings = ice.UpTo(0.3);
        double ring = rings[3];

        Assert.True(ice.IsIce(rings, ring));
        Assert.True(ice.IsIce(rings, ring + 0.00199));
        Assert.True(ice.IsIce(rings, ring - 0.00199));
        Assert.False(ice.IsIce(rings, ring + 0.00201));
        Assert.False(ice.IsIce(rings, ring - 0.00201));
        Assert.False(ice.IsIce(rings, 0.01));
        Assert.False(ice.IsIce([], ring));
    }

    [Fact]
    public void Asking_for_less_after_more_gives_less()
    {
        var ice = new IceRings();
        int many = ice.UpTo(2).Length;

        Assert.Equal(3, ice.UpTo(0.1).Length);
        Assert.Equal(many, ice.UpTo(2).Length);
    }
}
