using System.Diagnostics;
using System.Net;
using Hutch.Api.Observation;
using Hutch.Zone.Credentials;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Hutch.Api.Http;

/// <summary>The frame of every request: authentication, errors as problem details, metrics, the log.</summary>
internal sealed partial class RequestPipeline(ApiContext api, MetricsText metrics, ILogger<RequestPipeline> logger)
{
    private const string Scheme = "Bearer ";

    public RequestDelegate Wrap(RequestDelegate next) => async http =>
    {
        long start = Stopwatch.GetTimestamp();
        var fault = new RequestFault();
        http.Features.Set(fault);
        http.Response.Headers["X-Request-Id"] = http.TraceIdentifier;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await AnswerAsync(http, next);
        }
        catch (Exception e) when (IsGone(http, e))
        {
            // The client went away, or the server stops and has waited long enough: there is no client to answer.
            http.Abort();
        }
        catch (Exception e)
        {
            await WriteErrorAsync(http, e, fault);
        }

        TimeSpan took = Stopwatch.GetElapsedTime(start);
        metrics.Count(http, took);
        if (fault.Exception is { } exception)
        {
            LogFault(logger, http.Request.Method, http.Request.Path, http.TraceIdentifier, exception);
        }

        LogRequest(logger, http.Request.Method, http.Request.Path, http.Response.StatusCode, took.TotalMilliseconds, http.TraceIdentifier);
    };

    private static bool IsGone(HttpContext http, Exception e) => e switch
    {
        OperationCanceledException when http.RequestAborted.IsCancellationRequested => true,
        ConnectionAbortedException or ConnectionResetException => true,
        { InnerException: { } inner } => IsGone(http, inner),
        _ => false,
    };

    private async Task AnswerAsync(HttpContext http, RequestDelegate next)
    {
        if (BodyLength.IsSaidTwice(http.Request))
        {
            http.Response.Headers.Connection = "close";
            throw ErrorCode.BadRequest.With(BodyLength.SaidTwice).ToException();
        }

        RawPath.RejectDots(http);
        using IDisposable? moment = api.View.BeginRequest();
        Result<Caller> caller = await FindCallerAsync(http, http.RequestAborted);
        if (!caller.IsOk)
        {
            await Problems.WriteAsync(http, caller.Error, http.RequestAborted);
            return;
        }

        // Health and metrics of a server are answered whatever the others do. Routes know no capitals, so neither does this.
        Caller known = http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
            ? await SyncViewAsync(http, caller.Value)
            : caller.Value;
        var request = new ApiRequest(http, known, api) { LostSession = http.Features.Get<LostSession>()?.Error };
        http.Features.Set(request);
        using IDisposable scope = api.Requests.Begin(
            known.Name, ClassOf(http, known), "rest", http.Request.Method,
            known.IsUser ? null : AttemptLimiter.AddressKey(http.Connection.RemoteIpAddress));
        try
        {
            await next(http);
        }
        finally
        {
            request.ReleaseBody();
        }
    }

    /// <summary>
    /// Synchronizes the view. Without the database, readers of an entry get their remembered rights: some entries never change.
    /// </summary>
    private async ValueTask<Caller> SyncViewAsync(HttpContext http, Caller caller)
    {
        try
        {
            await api.View.SyncViewAsync(http.RequestAborted);
            return caller;
        }
        catch (HutchException e) when (
            e.Error.Code == ErrorCode.Unavailable && api.Authorizer.RemembersRights && IsReadOfEntry(http.Request))
        {
            return caller.AsRemembered();
        }
    }

    private static bool IsReadOfEntry(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && request.Path.Value is { } path && path.Contains("/entries/", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The class of a request: writes of a capture have a header; everything else begins as a small request with a waiting user.
    /// </summary>
    private static RequestClass ClassOf(HttpContext http, Caller caller) =>
        caller.IsUser && !HttpMethods.IsGet(http.Request.Method) && http.Request.Headers[HutchHeaders.Work] == HutchHeaders.CaptureWork
            ? RequestClass.Capture
            : RequestClass.Interactive;

    private ValueTask<Result<Caller>> FindCallerAsync(HttpContext http, CancellationToken ct)
    {
        if (http.Features.Get<ForwardedRequest>() is { } passed)
        {
            return new ValueTask<Result<Caller>>(passed.Caller);
        }

        string? header = http.Request.Headers.Authorization;
        if (string.IsNullOrEmpty(header))
        {
            return SessionCookie.Read(http, api) is { } cookie
                ? FindSessionAsync(http, cookie, ct)
                : new ValueTask<Result<Caller>>(Caller.Anonymous);
        }

        IPAddress? address = http.Connection.RemoteIpAddress;
        if (PlainHttp.IsOpen(http, api))
        {
            return new ValueTask<Result<Caller>>(PlainHttp.TokenRefused);
        }

        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? api.Authenticator.AuthenticateAsync(header[Scheme.Length..].Trim(), address, ct)
            : new ValueTask<Result<Caller>>(ErrorCode.Unauthenticated.With("The header Authorization must have the form 'Bearer TOKEN'."));
    }

    /// <summary>With an expired or revoked session a request is anonymous: pages and the login work, everything else is refused.</summary>
    private async ValueTask<Result<Caller>> FindSessionAsync(HttpContext http, string cookie, CancellationToken ct)
    {
        Result<Caller> caller = PlainHttp.IsOpen(http, api)
            ? ErrorCode.Unauthenticated.With(
                "This session was used over plain HTTP from another machine, so others may have read its cookie. "
                + "It was refused: use HTTPS.")
            : await api.Authenticator.AuthenticateSessionAsync(cookie, http.Connection.RemoteIpAddress, ct);
        if (caller.IsOk)
        {
            return SameSite.CheckSession(http, api) is HutchError foreign ? foreign : caller;
        }

        if (caller.Error.Code == ErrorCode.Unauthenticated)
        {
            SessionCookie.Clear(http, api);
        }

        http.Features.Set(new LostSession(caller.Error));
        return Caller.Anonymous;
    }

    private static async Task WriteErrorAsync(HttpContext http, Exception e, RequestFault fault)
    {
        HutchError error = Problems.ToError(e, out bool isFault);
        if (isFault)
        {
            fault.Record(e);
        }

        if (http.Response.HasStarted)
        {
            // Half of an answer is out: cutting the connection is the only way to say that the rest does not come.
            http.Abort();
            return;
        }

        await Problems.WriteAsync(http, error, http.RequestAborted);
    }

    private sealed record LostSession(HutchError Error);

    [LoggerMessage(
        EventId = 4101, Level = LogLevel.Debug, Message = "{Method} {Path} answered {Status} in {Milliseconds:0.0} ms ({RequestId})")]
    private static partial void LogRequest(
        ILogger logger, string method, PathString path, int status, double milliseconds, string requestId);

    [LoggerMessage(EventId = 4102, Level = LogLevel.Error, Message = "{Method} {Path} failed ({RequestId})")]
    private static partial void LogFault(ILogger logger, string method, PathString path, string requestId, Exception exception);
}
