using Hutch.DataLad.Wire;
using Hutch.Doors;
using Hutch.Doors.Requests;
using Hutch.Site.Platform.Fairness;
using Hutch.Zone.Credentials;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Hutch.DataLad.Hosting;

/// <summary>
/// The door of git, DataLad and git-annex: <c>/git/…</c> for plain clones, <c>/ria/…</c> for those of a RIA store. It authenticates every
/// request, and reports errors in a form that git shows.
/// </summary>
internal sealed partial class GitDoor(GitContext git, ILogger<GitDoor> logger) : IPathDoor
{
    public bool Serves(PathString path) =>
        path.StartsWithSegments(GitRoute.GitPrefix, StringComparison.Ordinal)
        || path.StartsWithSegments(GitRoute.RiaPrefix, StringComparison.Ordinal);

    public async Task AnswerAsync(HttpContext http)
    {
        bool isAnonymous = true;
        GitRequest? request = null;
        try
        {
            if (BodyLength.IsSaidTwice(http.Request))
            {
                http.Response.Headers.Connection = "close";
                throw ErrorCode.BadRequest.With(BodyLength.SaidTwice).ToException();
            }

            using IDisposable? moment = git.Services.Access.View.BeginRequest();
            GitRoute route = GitRoute.Parse(http.Request.Path.Value ?? "")
                ?? throw ErrorCode.NotFound.With("Repositories are at /git/OWNER/NAME and /git/ID.").ToException();
            string? token = BasicCredential.Read(http.Request).Value;
            isAnonymous = token is null;
            Caller caller = token is null ? Caller.Anonymous : await AuthenticateAsync(http, token);
            using IDisposable scope = git.Services.Requests.Begin(
                caller.Name, RequestClass.Interactive, "git", route.Rest.Split('/')[0],
                caller.IsUser ? null : AttemptLimiter.AddressKey(http.Connection.RemoteIpAddress));
            await git.Services.Access.View.SyncViewAsync(http.RequestAborted);
            request = new GitRequest(git, http, caller, route);
            await request.AnswerAsync(http.RequestAborted);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone.
        }
        catch (Exception e)
        {
            await WriteErrorAsync(http, e, isToSayWho: isAnonymous && request is not { MayRead: true });
        }

        LogRequest(logger, http.Request.Method, http.Request.Path, http.Response.StatusCode, http.TraceIdentifier);
    }

    private async ValueTask<Caller> AuthenticateAsync(HttpContext http, string token)
    {
        return PlainHttp.IsOpen(http, git.AllowTokensOverHttp)
            ? throw PlainHttp.TokenRefused.ToException()
            : (await git.Services.Authenticator.AuthenticateAsync(token, http.Connection.RemoteIpAddress, http.RequestAborted)).Value;
    }

    private async Task WriteErrorAsync(HttpContext http, Exception e, bool isToSayWho)
    {
        HutchError error = ToError(e, out bool isFault);
        if (isFault)
        {
            LogFault(logger, http.Request.Method, http.Request.Path, http.TraceIdentifier, e);
        }

        if (!http.Response.HasStarted)
        {
            await TextAnswer.WriteErrorAsync(http, error, isToSayWho, http.RequestAborted);
            return;
        }

        if (http.Response.ContentLength is null)
        {
            // The middle of a pack: git has a band for the reason why it ends here.
            PktLines.Band(http.Response.BodyWriter, PktLines.ErrorBand, System.Text.Encoding.UTF8.GetBytes(error.Message + "\n"));
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        }

        http.Abort();
    }

    private static HutchError ToError(Exception e, out bool isFault)
    {
        isFault = false;
        switch (e)
        {
            case HutchException refusal:
                isFault = refusal.InnerException is not null;
                return refusal.Error;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return ErrorCode.TooLarge.With("The body is larger than the server accepts.");
            case BadHttpRequestException or ConnectionResetException:
                return ErrorCode.BadRequest.With("The request was cut off or is not valid HTTP.");
            default:
                isFault = true;
                return ErrorCode.Internal.With("The server hit an error that it does not expect.");
        }
    }

    [LoggerMessage(EventId = 2801, Level = LogLevel.Debug, Message = "{Method} {Path} answered {Status} ({RequestId})")]
    private static partial void LogRequest(ILogger logger, string method, PathString path, int status, string requestId);

    [LoggerMessage(EventId = 2802, Level = LogLevel.Error, Message = "{Method} {Path} failed ({RequestId})")]
    private static partial void LogFault(ILogger logger, string method, PathString path, string requestId, Exception exception);
}
