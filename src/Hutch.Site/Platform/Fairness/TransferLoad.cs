namespace Hutch.Site.Platform.Fairness;

/// <summary>A piece of work that moves bytes, at one moment.</summary>
/// <param name="User">The user; empty for the server's own work.</param>
public sealed record TransferLoad(
    string User, string Door, string What, string? Dataset, RequestClass Class, DateTimeOffset Started, long BytesRead, long BytesWritten)
{
    public static TransferLoad From(ActiveRequest request)
    {
        return new TransferLoad(
            request.User, request.Door, request.What, request.Dataset, request.Class, request.Started, request.BytesRead,
            request.BytesWritten);
    }
}
