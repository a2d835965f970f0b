namespace Hutch.Site.Platform.Fairness;

/// <summary>A piece of work that moves bytes, as it is at one moment.</summary>
/// <param name="User">For whom; empty for the server's own.</param>
/// <param name="Door">Where it came in.</param>
/// <param name="What">What it does.</param>
/// <param name="Dataset">The dataset, as the request names it; null when it is about none.</param>
/// <param name="Class">Its class.</param>
/// <param name="Started">Since when.</param>
/// <param name="BytesRead">Bytes read so far.</param>
/// <param name="BytesWritten">Bytes written so far.</param>
public sealed record TransferLoad(
    string User, string Door, string What, string? Dataset, WorkClass Class, DateTimeOffset Started, long BytesRead, long BytesWritten)
{
    /// <summary>A piece of work now.</summary>
    public static TransferLoad Of(Work work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return new TransferLoad(
            work.User, work.Door, work.What, work.Dataset, work.Class, work.Started, work.BytesRead, work.BytesWritten);
    }
}
