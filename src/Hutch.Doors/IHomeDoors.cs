using System.IO.Pipelines;
using Hutch.Model.Zone;

namespace Hutch.Doors;

/// <summary>Passes requests that change datasets on to their homes, which are other sites.</summary>
public interface IHomeDoors
{
    /// <summary>Passes a request on as it came, while it comes, and its answer back as it is. No secret goes along.</summary>
    /// <returns>Why there is no answer of the home; null when it was passed back.</returns>
    Task<HutchError?> PassOnAsync(ForwardedChange change, CancellationToken ct);

    /// <summary>The dataset of a push that was begun through this site; null for one that was not, or is not known any more.</summary>
    DatasetId? FindPush(string session);
}

/// <param name="IsNews">True if copies of the dataset follow at once.</param>
/// <param name="FindLoss">Returns why the caller has lost access, checked when the body has come; null if access continues.</param>
public sealed record ForwardedChange(
    HttpContext Http, PipeReader Body, NameRecord Dataset, ForwardedCaller Caller, bool IsNews,
    Func<CancellationToken, ValueTask<HutchError?>> FindLoss);
