namespace Hutch.Bench.S3;

/// <summary>What one cell of the table took.</summary>
/// <param name="Operations">Requests answered.</param>
/// <param name="Bytes">Bytes of objects moved.</param>
/// <param name="Seconds">On the clock.</param>
/// <param name="ServerCpu">Processor time of the server, seconds.</param>
/// <param name="DriverCpu">Processor time of the driver, seconds.</param>
/// <param name="Sorted">Each request, milliseconds, sorted.</param>
internal sealed record LoadResult(long Operations, long Bytes, double Seconds, double ServerCpu, double DriverCpu, double[] Sorted)
{
    /// <summary>Requests a second.</summary>
    public double Rate => Operations / Seconds;

    /// <summary>Processor time of the server for one request, microseconds.</summary>
    public double ServerMicroseconds => 1e6 * ServerCpu / Math.Max(Operations, 1);

    /// <summary>The driver's part of all the processor time that both took.</summary>
    public double DriverShare => DriverCpu / Math.Max(DriverCpu + ServerCpu, 1e-9);

    /// <summary>Puts together what the threads have measured.</summary>
    public static LoadResult From(IEnumerable<Samples> samples, double seconds, double serverCpu, double driverCpu)
    {
        double[] sorted = [.. samples.SelectMany(one => one.Milliseconds).Order()];
        return new LoadResult(sorted.Length, samples.Sum(one => one.Bytes), seconds, serverCpu, driverCpu, sorted);
    }

    /// <summary>A percentile in milliseconds.</summary>
    public double At(double percent) => Sorted.Length == 0 ? 0 : Sorted[Math.Min(Sorted.Length - 1, (int)(Sorted.Length * percent / 100))];
}
