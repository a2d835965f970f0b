using System.IO.Pipelines;
using Hutch.Model;
using Hutch.Model.Zone;
using Microsoft.AspNetCore.Http;

namespace Hutch.Hosting;

/// <summary>Passes requests that change datasets on to their homes, which are other sites.</summary>
public interface IHomeDoors
{
    /// <summary>
    /// Passes a request on as it came, while it comes, and its answer back as it is. Only the public part of the token goes along.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="body">What comes of its body.</param>
    /// <param name="dataset">What it changes.</param>
    /// <param name="token">The caller's token.</param>
    /// <param name="isNews">Whether copies of the dataset follow at once.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Why there is no answer of the home; null when it was passed back.</returns>
    Task<HutchError?> PassOnAsync(
        HttpContext http, PipeReader body, NameRecord dataset, TokenRecord token, bool isNews, CancellationToken ct);

    /// <summary>The dataset of a push that was begun through this site; null for one that was not, or is not known any more.</summary>
    DatasetId? FindPush(string session);
}
