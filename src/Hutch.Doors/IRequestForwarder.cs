using System.IO.Pipelines;
using Hutch.Model.Zone;

namespace Hutch.Doors;

/// <summary>Forwards requests of callers here to the site that answers them: the home of a dataset, or the zone.</summary>
public interface IRequestForwarder
{
    /// <summary>Forwards a request as it came, while it comes, and its answer as it is. No secret goes along.</summary>
    /// <returns>The reason that the other site has not answered; null when its answer was sent to the caller.</returns>
    Task<HutchError?> ForwardAsync(OutgoingRequest request, CancellationToken ct);

    /// <summary>The dataset of a push that was begun through this site; null for one that was not, or is not known any more.</summary>
    DatasetId? FindPush(string session);
}

/// <param name="Dataset">The dataset whose home answers; null if the zone answers.</param>
/// <param name="IsNews">True if copies of the dataset follow at once.</param>
/// <param name="FindLoss">Returns why the caller has lost access, checked when the body has come; null if access continues.</param>
public sealed record OutgoingRequest(
    HttpContext Http, PipeReader Body, NameRecord? Dataset, ForwardedCaller Caller, bool IsNews,
    Func<CancellationToken, ValueTask<HutchError?>> FindLoss);
