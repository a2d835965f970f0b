using Hutch.Zone.Credentials;
using Microsoft.Extensions.Logging;

namespace Hutch.Dav;

/// <summary>
/// The WebDAV door (RFC 4918, classes 1 and 2), <c>/dav/OWNER/NAME/PATH</c>. It knows Basic authentication with a token as the password.
/// Cookies do not count, and no answer allows other origins, so that no foreign page can read or write through a browser.
/// </summary>
internal sealed partial class DavDoor(DavContext dav, ILogger<DavDoor> logger) : IPathDoor
{
    public bool Serves(PathString path) => path.StartsWithSegments(DavTarget.Root, StringComparison.Ordinal);

    public async Task AnswerAsync(HttpContext http)
    {
        bool isAnonymous = true;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            if (BodyLength.IsSaidTwice(http.Request))
            {
                http.Response.Headers.Connection = "close";
                throw ErrorCode.BadRequest.With(BodyLength.SaidTwice).ToException();
            }

            RawPath.RejectDots(http);
            using IDisposable? moment = dav.Door.View.BeginRequest();
            string? token = BasicCredential.Read(http.Request).Value;
            isAnonymous = token is null;
            Caller caller = token is null ? Caller.Anonymous : await AuthenticateAsync(http, token);
            using IDisposable scope = dav.Door.Requests.Begin(
                caller.Name, RequestClass.Interactive, "dav", http.Request.Method,
                caller.IsUser ? null : AttemptLimiter.AddressKey(http.Connection.RemoteIpAddress));
            await dav.Door.View.SyncViewAsync(http.RequestAborted);
            http.Request.QueryString = default;
            var request = new DoorRequest(http, caller, dav.Door);
            try
            {
                await new DavRequest(dav, request).AnswerAsync(http.RequestAborted);
            }
            finally
            {
                request.ReleaseBody();
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // There is no client to answer.
        }
        catch (Exception e)
        {
            await WriteErrorAsync(http, e, isAnonymous);
        }

        LogRequest(logger, http.Request.Method, http.Request.Path, http.Response.StatusCode, http.TraceIdentifier);
    }

    private async ValueTask<Caller> AuthenticateAsync(HttpContext http, string token) => PlainHttp.IsOpen(http, dav.Door)
        ? throw PlainHttp.TokenRefused.ToException()
        : (await dav.Door.Authenticator.AuthenticateAsync(token, http.Connection.RemoteIpAddress, http.RequestAborted)).Value;

    private async Task WriteErrorAsync(HttpContext http, Exception e, bool isAnonymous)
    {
        HutchError error = Problems.ToError(e, out bool isFault);
        if (isFault)
        {
            LogFault(logger, http.Request.Method, http.Request.Path, http.TraceIdentifier, e);
        }

        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        // Whether a private dataset exists is not disclosed: without a login, both are a question for one.
        bool asksWho = error.Code == ErrorCode.Unauthenticated
            || (isAnonymous && (error.Code.Name == ErrorCode.NotFound.Name || error.Code.Name == ErrorCode.Forbidden.Name
                || error.Code.Name == ErrorCode.ScopeMissing.Name));
        if (asksWho && error.Code != ErrorCode.Unauthenticated)
        {
            error = ErrorCode.Unauthenticated.With("Log in: any name as the user, a token as the password (`hutch token create`).");
        }
        else if (error.Code == ErrorCode.DatasetClosed || error.Code == ErrorCode.FolderDataset)
        {
            error = error with { Code = error.Code with { Status = StatusCodes.Status403Forbidden } };
        }
        else if (error.Code == ErrorCode.ScopeMissing)
        {
            // Even a change looks for the folder first, so that a token that only writes opens nothing here.
            error = error with { Code = error.Code with { Advice = DavErrors.ScopeAdvice } };
        }

        if (asksWho)
        {
            http.Response.OnStarting(() =>
            {
                http.Response.Headers.WWWAuthenticate = "Basic realm=\"Hutch\", charset=\"UTF-8\"";
                return Task.CompletedTask;
            });
        }

        await Problems.WriteAsync(http, error, http.RequestAborted);
    }

    [LoggerMessage(EventId = 4301, Level = LogLevel.Debug, Message = "{Method} {Path} answered {Status} ({RequestId})")]
    private static partial void LogRequest(ILogger logger, string method, PathString path, int status, string requestId);

    [LoggerMessage(EventId = 4302, Level = LogLevel.Error, Message = "{Method} {Path} failed ({RequestId})")]
    private static partial void LogFault(ILogger logger, string method, PathString path, string requestId, Exception exception);
}
