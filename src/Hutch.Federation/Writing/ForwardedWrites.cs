using System.Buffers;
using System.Text.Json;
using Hutch.Doors;
using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hutch.Federation.Writing;

/// <summary>
/// Forwards changes by callers of this site to the homes of the datasets: see docs/design/federation.md (writing at any site). Nothing
/// waits here: without the home there is a refusal. Thread-safe.
/// </summary>
internal sealed class ForwardedWrites(SiteKeyStore keys, PeerConnections connections, CopyFreshness freshness) : IHomeDoors, IDisposable
{
    /// <summary>The most pushes that are known; of the oldest, the next request says that there is no such push.</summary>
    private const int MaxPushes = 10_000;

    private const int BufferBytes = 16 << 10;

    private static readonly HttpRequestError[] NeverConnected =
        [HttpRequestError.ConnectionError, HttpRequestError.NameResolutionError, HttpRequestError.SecureConnectionError];

    private readonly LruCache<string, DatasetId> _pushes = new(MaxPushes, long.MaxValue, static _ => 0);
    private readonly Lock _gate = new();
    private HomePeers? _peers;

    public DatasetId? FindPush(string session) => _pushes.TryFind(session, out DatasetId dataset) ? dataset : null;

    public async Task<HutchError?> PassOnAsync(ForwardedChange change, CancellationToken ct)
    {
        (HttpContext http, NameRecord dataset) = (change.Http, change.Dataset);
        if (!(await Peers(await keys.GetAsync(ct)).FindClientAsync(dataset, ct)).TryGet(out SiteClient? home, out HutchError? refusal))
        {
            return refusal;
        }

        using ForwardedBody? content = http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true
            ? new ForwardedBody(change.Body, http.Request.ContentLength, change.FindLoss)
            : null;
        using HttpRequestMessage message = ForwardedRequestHeaders.Write(http.Request, home.Root, content);
        await AddCallerAsync(message, change.Caller, ct);
        bool mayHaveChanged = !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method);
        try
        {
            using HttpResponseMessage answer = await home.SendAsync(message, ct);
            mayHaveChanged &= !IsRefusal(answer);
            HutchError? problem = await PassBackAsync(http, home, answer, dataset, Note, ct);
            mayHaveChanged = false;
            return problem;
        }
        catch (HttpRequestException e) when (IsNeverConnected(e))
        {
            mayHaveChanged = false;
            return ErrorCode.Unavailable.With(
                $"{dataset.FullName} is at home at another site, which cannot be reached now. Nothing was changed.");
        }
        catch (HttpRequestException)
        {
            return content?.Failure is HutchException caller ? caller.Error : Broken(dataset);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && !http.Response.HasStarted
            && !ct.IsCancellationRequested)
        {
            // When the connection breaks while the body is sent, HTTP/2 ends the sending first, and may report only that.
            return Broken(dataset);
        }
        catch (JsonException)
        {
            return NotAHome(dataset);
        }
        finally
        {
            Note();
            await (content?.StopAsync(CancellationToken.None) ?? Task.CompletedTask);
        }

        void Note()
        {
            if (mayHaveChanged)
            {
                freshness.NoteWrite(change.Caller.UserId, dataset.Dataset, change.IsNews);
            }
        }
    }

    public void Dispose() => _peers?.Dispose();

    /// <summary>
    /// Adds the caller. A home finds the token of a site in its view of the zone. Only the zone knows its own tokens and sessions, and
    /// names their accounts. Homes believe it, as the zone decides about the tokens of all sites.
    /// </summary>
    private async ValueTask AddCallerAsync(HttpRequestMessage message, ForwardedCaller caller, CancellationToken ct)
    {
        if (connections.Registry.Zone is not null)
        {
            message.Headers.Add(SiteProtocol.TokenHeader, caller.Credential);
            return;
        }

        message.Headers.Add(SiteProtocol.CallerHeader, caller.ToString());
        message.Headers.Add(
            SiteProtocol.SequenceHeader, (await connections.Registry.SequenceAsync(ct)).ToString(CultureInfo.InvariantCulture));
    }

    private async Task<HutchError?> PassBackAsync(
        HttpContext http, SiteClient home, HttpResponseMessage answer, NameRecord dataset, Action note, CancellationToken ct)
    {
        if (!answer.Headers.Contains(SiteProtocol.AnsweredHeader))
        {
            return await home.ReadRefusalAsync(answer, ct);
        }

        if (!ForwardedRequestHeaders.IsAnswer(answer))
        {
            return NotAHome(dataset);
        }

        if (ForwardedRequestHeaders.FindPush(answer) is { } push)
        {
            _pushes.Set(push, dataset.Dataset);
        }

        note();
        ForwardedRequestHeaders.Copy(answer, http.Response);
        await using Stream bytes = await answer.Content.ReadAsStreamAsync(ct);
        await CopyAsync(bytes, http.Response.Body, note, ct);
        return null;
    }

    /// <summary>Copies an answer, which may come in parts. Each part is passed on after a note that the home has answered so far.</summary>
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

    /// <summary>True if the home says that nothing was changed.</summary>
    private static bool IsRefusal(HttpResponseMessage answer) =>
        answer.StatusCode is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError;

    private static bool IsNeverConnected(HttpRequestException e) => NeverConnected.Contains(e.HttpRequestError);

    private HomePeers Peers(SiteKey key)
    {
        lock (_gate)
        {
            return _peers ??= new HomePeers(key, connections);
        }
    }

    private static HutchError Broken(NameRecord dataset) =>
        (ErrorCode.Unavailable with { Advice = "Look whether the change was made before you make it again." }).With(
            $"{dataset.FullName} is at home at another site, and the connection to it broke before it had answered. The change may "
            + "have been made, or not.");

    private static HutchError NotAHome(NameRecord dataset) =>
        ErrorCode.Unavailable.With($"{dataset.FullName} is at home at another site, which does not answer as a home does.");
}
