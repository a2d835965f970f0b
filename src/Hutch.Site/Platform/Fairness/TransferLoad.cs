namespace Hutch.Site.Platform.Fairness;

/// <summary>A piece of work that moves bytes, at one moment.</summary>
/// <param name="User">The user; empty for the server's own work.</param>
/// <param name="Door">The door of the request.</param>
/// <param name="Dataset">The dataset, as the request names it; null for none.</param>
public sealed record TransferLoad(
    string User, string Door, string What, string? Dataset, RequestClass Class, DateTimeOffset Started, long BytesRead, long BytesWritten)
{
    /// <summary>Returns the current load of a piece of work.</summary>
    public static TransferLoad From(ActiveRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new TransferLoad(
            request.User, request.Door, request.What, request.Dataset, request.Class, request.Started, request.BytesRead,
            request.BytesWritten);
    }
}
