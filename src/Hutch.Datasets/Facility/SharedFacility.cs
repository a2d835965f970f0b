using System.Buffers.Text;
using Hutch.Datasets.Servers;
using Hutch.Site.Platform.Leases;
using Hutch.Site.Platform.Servers;

namespace Hutch.Datasets.Facility;

/// <summary>The facility agent at every server of the site: the one that watches the folders works, the others forward to it.</summary>
public sealed class SharedFacility(IFacilityFolders? own, IOtherServers? others)
{
    public const string Question = "facility";

    private const int MaxAnswerBytes = 8 << 20;

    /// <summary>Web servers take request lines of 8 KiB.</summary>
    private const int MaxQuestionLength = 7000;

    private static readonly HutchError NoAgent = (ErrorCode.NotFound with
    {
        Advice = "List the watched folders under 'agent.folders' in its configuration, such as `- watch: /data/krios`, or those "
            + "below which folders may be adopted under 'adopt.roots'.",
    }).With("This server watches no folders, and none can be adopted.");

    private static readonly HutchError Nobody =
        ErrorCode.Unavailable.With("No server of this site watches the folders at the moment. One will in a few seconds; try again.");

    /// <summary>Carries out a request, here or at the server that watches the folders.</summary>
    /// <exception cref="HutchException">That server does not answer.</exception>
    internal async Task<Result<T>> DoAsync<T>(FacilityRequest<T> request, CancellationToken ct)
    {
        if (own is { IsElsewhere: false })
        {
            return await request.DoAsync(own, ct);
        }

        SiteServer? holder = others is null ? null : await others.FindHolderAsync(IJobLeases.WatchingFolders, ct);
        return holder is { IsThis: false } ? await RequestAsync(holder, request, ct) : own is null ? NoAgent : Nobody;
    }

    /// <summary>For another server, whose client may ask for it: does it, and writes the answer as JSON.</summary>
    /// <param name="text">The request, as the other server wrote it.</param>
    /// <param name="isOrder">Whether it came as one that changes something.</param>
    public async Task<Result<byte[]>> AnswerAsync(string text, bool isOrder, CancellationToken ct)
    {
        FacilityRequest? request = Read(text);
        return request is null || request.IsOrder != isOrder ? ErrorCode.BadRequest.With("What is asked about the folders is not clear.")
            : own is { IsElsewhere: false } ? await request.AnswerAsync(own, ct)
            : Nobody;
    }

    private static FacilityRequest? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(Base64Url.DecodeFromChars(text), FacilityJson.Default.FacilityRequest);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }

    private async Task<Result<T>> RequestAsync<T>(SiteServer holder, FacilityRequest<T> request, CancellationToken ct)
    {
        string text = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(request, FacilityJson.Default.FacilityRequest));
        if (text.Length > MaxQuestionLength)
        {
            return ErrorCode.BadRequest.With(
                $"The request is too long to be passed on. Send it to '{holder.Name}', which watches the folders.");
        }

        var question = new ServerQuery($"{Question}?request={text}", request.IsOrder);
        return (await others!.RequestAsync(holder, question, request.AnswerType(), MaxAnswerBytes, ct))!;
    }
}
