namespace Hutch.Cluster.Bytes;

public static class PackLogExtensions
{
    /// <summary>Records a directory, whatever rows were appended since.</summary>
    public static async ValueTask RecordAsync(this IPackLog log, LogDirectory directory, CancellationToken ct)
    {
        _ = await log.TryRecordAsync(directory, long.MaxValue, static _ => false, ct);
    }
}
