namespace Hutch.Storage.Tests.Simulation;

/// <summary>Seeds of the simulations: a few in every run, and as many more as HUTCH_SEEDS says (<c>100-199</c>) for a night. Failing ones are added to the few.</summary>
public static class Seeds
{
    public static TheoryData<int> With(params int[] always)
    {
        var seeds = new TheoryData<int>(always);
        if (Environment.GetEnvironmentVariable("HUTCH_SEEDS")?.Split('-') is [var from, var to])
        {
            for (int seed = Number(from); seed <= Number(to); seed++)
            {
                seeds.Add(seed);
            }
        }

        return seeds;
    }

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
