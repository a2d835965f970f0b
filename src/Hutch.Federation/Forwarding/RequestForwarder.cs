using System.Buffers;
using System.Text.Json;
using Hutch.Doors;
using Hutch.Federation.Copies;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hutch.Federation.Forwarding;

/// <summary>
/// Forwards requests of callers of this site to the homes of datasets, and to the zone: see docs/design/federation.md (writing at any
/// site). Nothing waits here: without the other site there is a refusal. Thread-safe.
/// </summary>
internal sealed class RequestForwarder(CallerPeers peers, SiteView view, CopyFreshness freshness) : IRequestForwarder
{
    /// <summary>The most pushes that are known; of the oldest, the next request says that there is no such push.</summary>
    private const int MaxPushes = 10_000;

    private const int BufferBytes = 16 << 10;

    private static readonly HttpRequestError[] NeverConnected =
        [HttpRequestError.ConnectionError, HttpRequestError.NameResolutionError, HttpRequestError.SecureConnectionError];

    private readonly LruCache<string, DatasetId> _pushes = new(MaxPushes, long.MaxValue, static _ => 0);

    /// <summary>For the zone, whose requests and answers are small documents.</summary>
    private readonly AnswerTimeout _timeout = new(TimeSpan.FromSeconds(10), peers.Time);

    public DatasetId? FindPush(string session) => _pushes.TryFind(session, out DatasetId dataset) ? dataset : null;

    public async Task<HutchError?> ForwardAsync(OutgoingRequest request, CancellationToken ct)
    {
        HttpContext http = request.Http;
        if (!(await FindTargetAsync(request.Dataset, ct)).TryGet(out Target? target, out HutchError? refusal))
        {
            return refusal;
        }

        using ForwardedBody? content = http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true
            ? new ForwardedBody(request.Body, http.Request.ContentLength, request.FindLoss)
            : null;
        using HttpRequestMessage message = ForwardedRequestHeaders.Write(http.Request, target.Site.Root, content);
        await AddCallerAsync(message, request.Caller, ct);
        bool mayHaveChanged = !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method);
        try
        {
            if (!(await SendAsync(target, message, ct)).TryGet(out HttpResponseMessage? received, out refusal))
            {
                return refusal;
            }

            using HttpResponseMessage answer = received;
            mayHaveChanged &= !IsRefusal(answer);
            HutchError? problem = await AwaitChangeAsync(target, answer, ct) ?? await PassBackAsync(http, target, answer, Note, ct);
            mayHaveChanged = false;
            return problem;
        }
        catch (HttpRequestException e) when (IsNeverConnected(e))
        {
            mayHaveChanged = false;
            return ErrorCode.Unavailable.With($"{target.Subject}, which cannot be reached now. Nothing was changed.");
        }
        catch (HttpRequestException)
        {
            return content?.Failure is HutchException caller ? caller.Error : target.Broken();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && !http.Response.HasStarted
            && !ct.IsCancellationRequested)
        {
            // When the connection breaks while the body is sent, HTTP/2 ends the sending first, and may report only that.
            return target.Broken();
        }
        catch (JsonException)
        {
            return target.NotUnderstood();
        }
        finally
        {
            Note();
            await (content?.StopAsync(CancellationToken.None) ?? Task.CompletedTask);
        }

        void Note()
        {
            if (mayHaveChanged && target.Dataset is { } dataset)
            {
                freshness.NoteWrite(request.Caller.UserId, dataset, request.IsNews);
            }
        }
    }

    private async Task<Result<Target>> FindTargetAsync(NameRecord? dataset, CancellationToken ct) => dataset is not null
        ? (await peers.FindHomeAsync(dataset, ct)).Then<Target>(
            home => new Target(home, dataset.Dataset, $"{dataset.FullName} is at home at another site"))
        : (await peers.FindZoneAsync(ct)).Then<Target>(
            static zone => new Target(zone, null, $"This is answered by the zone at {zone.Address}"));

    private async Task<Result<HttpResponseMessage>> SendAsync(Target target, HttpRequestMessage message, CancellationToken ct) =>
        target.Dataset is null
            ? await _timeout.RequestAsync<HttpResponseMessage>(
                target.Whom, async either => await target.Site.SendAsync(message, either), ct)
            : await target.Site.SendAsync(message, ct);

    /// <summary>Waits until this site has received the change that the zone has made, so that the next request here finds it.</summary>
    private async Task<HutchError?> AwaitChangeAsync(Target target, HttpResponseMessage answer, CancellationToken ct)
    {
        if (target.Dataset is not null || !answer.Headers.TryGetValues(SiteProtocol.SequenceHeader, out IEnumerable<string>? values)
            || !long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out long sequence))
        {
            return null;
        }

        return (await _timeout.RequestAsync<Done>(
            target.Whom,
            async either =>
            {
                await view.AwaitAsync(sequence, either);
                return Done.Value;
            },
            ct)).Error;
    }

    /// <summary>
    /// Adds the caller. Another site finds the token of a site in its view of the zone. Only the zone knows its own tokens and sessions,
    /// and names their accounts. Homes believe it, as the zone decides about the tokens of all sites.
    /// </summary>
    private async ValueTask AddCallerAsync(HttpRequestMessage message, ForwardedCaller caller, CancellationToken ct)
    {
        if (peers.Registry.Zone is not null)
        {
            message.Headers.Add(SiteProtocol.TokenHeader, caller.Credential);
            return;
        }

        message.Headers.Add(SiteProtocol.CallerHeader, caller.ToString());
        message.Headers.Add(
            SiteProtocol.SequenceHeader, (await peers.Registry.SequenceAsync(ct)).ToString(CultureInfo.InvariantCulture));
    }

    private async Task<HutchError?> PassBackAsync(
        HttpContext http, Target target, HttpResponseMessage answer, Action note, CancellationToken ct)
    {
        if (!answer.Headers.Contains(SiteProtocol.AnsweredHeader))
        {
            return await target.Site.ReadRefusalAsync(answer, ct);
        }

        if (!ForwardedRequestHeaders.IsAnswer(answer))
        {
            return target.NotUnderstood();
        }

        if (target.Dataset is { } dataset && ForwardedRequestHeaders.FindPush(answer) is { } push)
        {
            _pushes.Set(push, dataset);
        }

        note();
        ForwardedRequestHeaders.Copy(answer, http.Response);
        await using Stream bytes = await answer.Content.ReadAsStreamAsync(ct);
        await CopyAsync(bytes, http.Response.Body, note, ct);
        return null;
    }

    /// <summary>Copies an answer, which may come in parts. Each part follows a note that the other site has answered so far.</summary>
    private static async Task CopyAsync(Stream answer, Stream caller, Action note, CancellationToken ct)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (int read; (read = await answer.ReadAsync(buffer, ct)) > 0;)
            {
                note();
                await caller.WriteAsync(buffer.AsMemory(0, read), ct);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>True if the other site says that nothing was changed.</summary>
    private static bool IsRefusal(HttpResponseMessage answer) =>
        answer.StatusCode is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError;

    private static bool IsNeverConnected(HttpRequestException e) => NeverConnected.Contains(e.HttpRequestError);

    /// <param name="Dataset">The dataset whose home it is; null for the zone.</param>
    /// <param name="Subject">The beginning of a sentence about the site.</param>
    private sealed record Target(SiteClient Site, DatasetId? Dataset, string Subject)
    {
        public string Whom => $"The zone at {Site.Address}";

        public HutchError Broken() => (ErrorCode.Unavailable with
        {
            Advice = "Look whether the change was made before you make it again.",
        }).With($"{Subject}, and the connection to it broke before it had answered. The change may have been made, or not.");

        public HutchError NotUnderstood() => ErrorCode.Unavailable.With($"{Subject}, which does not answer as a site does.");
    }
}
