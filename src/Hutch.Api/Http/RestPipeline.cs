using System.Net;
using Hutch.Api.Observation;
using Hutch.Model.NarrowedTokens;
using Hutch.Zone.Credentials;
using Microsoft.Extensions.Logging;

namespace Hutch.Api.Http;

/// <summary>The requests of the REST door: tokens and sessions, errors as problem details, metrics, the log.</summary>
internal sealed partial class RestPipeline(ApiContext api, MetricsText metrics, RequestDelegate next, ILogger<RestPipeline> logger)
    : RequestPipeline<RestExchange, HutchError>(api.View, logger)
{
    private const string Scheme = "Bearer ";

    protected override RestExchange Begin(HttpContext http)
    {
        var exchange = new RestExchange();
        http.Features.Set(exchange);
        http.Response.Headers["X-Request-Id"] = http.TraceIdentifier;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return exchange;
    }

    protected override void ReadTarget(HttpContext http, RestExchange exchange) => RawPath.RejectDots(http);

    // Health and metrics do not depend on other servers. Routes ignore case, and so does this.
    protected override bool NeedsView(HttpContext http) => http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    // Readers of an entry get their remembered rights: some entries never change.
    protected override bool MayUseRememberedRights(HttpContext http, RestExchange exchange) =>
        api.Authorizer.RemembersRights
        && (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
        && http.Request.Path.Value is { } path && path.Contains("/entries/", StringComparison.OrdinalIgnoreCase);

    protected override ValueTask<Result<Caller>> FindCallerAsync(HttpContext http, RestExchange exchange)
    {
        CancellationToken ct = http.RequestAborted;
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
            ? api.Authenticator.AuthenticateAsync(header[Scheme.Length..].Trim(), TokenDoors.Rest, address, ct)
            : new ValueTask<Result<Caller>>(ErrorCode.Unauthenticated.With("The header Authorization must have the form 'Bearer TOKEN'."));
    }

    protected override IDisposable Enter(HttpContext http, RestExchange exchange, Caller caller) =>
        BeginScope(api.Requests, http, caller, "rest", http.Request.Method, ClassOf(http, caller));

    protected override async Task RunAsync(HttpContext http, RestExchange exchange, Caller caller)
    {
        var request = new ApiRequest(http, caller, api) { LostSession = http.Features.Get<LostSession>()?.Error };
        http.Features.Set(request);
        try
        {
            await next(http);
        }
        finally
        {
            request.ReleaseBody();
        }
    }

    protected override HutchError ToError(HttpContext http, RestExchange exchange, Exception exception, out bool isFault) =>
        Problems.ToError(exception, out isFault);

    protected override Task WriteErrorAsync(HttpContext http, RestExchange exchange, HutchError refusal) =>
        Problems.WriteAsync(http, refusal, http.RequestAborted);

    protected override void Finish(HttpContext http, RestExchange exchange, bool isGone)
    {
        TimeSpan took = exchange.Took;
        metrics.Count(http, took);
        if (exchange.Fault is { } fault)
        {
            LogFault(http, exchange, fault);
        }

        LogRequest(Logger, http.Request.Method, http.Request.Path, http.Response.StatusCode, took.TotalMilliseconds, http.TraceIdentifier);
    }

    /// <summary>
    /// The class of a request: writes of a capture have a header; everything else begins as a small request with a waiting user.
    /// </summary>
    private static RequestClass ClassOf(HttpContext http, Caller caller) =>
        caller.IsUser && !HttpMethods.IsGet(http.Request.Method) && http.Request.Headers[HutchHeaders.Work] == HutchHeaders.CaptureWork
            ? RequestClass.Capture
            : RequestClass.Interactive;

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

    private sealed record LostSession(HutchError Error);

    [LoggerMessage(
        EventId = 4101, Level = LogLevel.Debug, Message = "{Method} {Path} answered {Status} in {Milliseconds:0.0} ms ({RequestId})")]
    private static partial void LogRequest(
        ILogger logger, string method, PathString path, int status, double milliseconds, string requestId);
}
