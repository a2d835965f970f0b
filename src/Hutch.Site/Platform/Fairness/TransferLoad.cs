namespace Hutch.Site.Platform.Fairness;

/// <summary>A piece of work that moves bytes, at one moment.</summary>
/// <param name="User">The user; empty for the server's own work.</param>
/// <param name="Door">The door of the request.</param>
/// <param name="Dataset">The dataset, as the request names it; null for none.</param>
public sealed record TransferLoad(
    string User, string Door, string What, string? Dataset, WorkClass Class, DateTimeOffset Started, long BytesRead, long BytesWritten)
{
    /// <summary>Returns the current load of a piece of work.</summary>
    public static TransferLoad Of(Work work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return new TransferLoad(
            work.User, work.Door, work.What, work.Dataset, work.Class, work.Started, work.BytesRead, work.BytesWritten);
    }
}
