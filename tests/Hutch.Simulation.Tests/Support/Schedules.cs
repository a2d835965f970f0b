using System.Globalization;

namespace Hutch.Simulation.Tests.Support;

/// <summary>Which schedules a simulation tries: a few in the suite, others with <c>./run simulate</c>. Each follows from its seed.</summary>
internal static class Schedules
{
    /// <summary>The seeds from 1 on, unless <c>HUTCH_SEEDS</c> says others, FIRST-LAST.</summary>
    /// <param name="usual">How many in the suite.</param>
    public static TheoryData<int> From(int usual)
    {
        string[] said = (Environment.GetEnvironmentVariable("HUTCH_SEEDS") ?? $"1-{usual}").Split('-');
        int first = int.Parse(said[0], CultureInfo.InvariantCulture);
        return [.. Enumerable.Range(first, int.Parse(said[1], CultureInfo.InvariantCulture) - first + 1)];
    }
}
