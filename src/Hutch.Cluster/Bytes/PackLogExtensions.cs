namespace Hutch.Cluster.Bytes;

/// <summary>Short words for <see cref="IPackLog"/>.</summary>
public static class PackLogExtensions
{
    /// <summary>Records a directory, whatever was appended meanwhile.</summary>
    public static async ValueTask RecordAsync(this IPackLog log, LogDirectory directory, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(log);
        _ = await log.TryRecordAsync(directory, long.MaxValue, static _ => false, ct);
    }
}
