using System.Globalization;

namespace Hutch.Bench.Agent;

/// <summary>Shows how long many things took.</summary>
internal static class Percentiles
{
    /// <summary>Median, 99 % and the longest.</summary>
    public static string Show(IReadOnlyCollection<double> milliseconds)
    {
        double[] ordered = [.. milliseconds.Order()];
        return ordered.Length == 0 ? "nothing" : string.Create(
            CultureInfo.InvariantCulture,
            $"p50 {ordered[ordered.Length / 2]:0} ms, p99 {ordered[ordered.Length * 99 / 100]:0} ms, longest {ordered[^1]:0} ms");
    }
}
