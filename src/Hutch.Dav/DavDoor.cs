using Hutch.Model.NarrowedTokens;
using Microsoft.Extensions.Logging;

namespace Hutch.Dav;

/// <summary>
/// The WebDAV door (RFC 4918, classes 1 and 2), <c>/dav/OWNER/NAME/PATH</c>. It knows Basic authentication with a token as the password.
/// Cookies do not count, and no answer allows other origins, so that no foreign page can read or write through a browser.
/// </summary>
internal sealed class DavDoor(DavContext dav, ILogger<DavDoor> logger)
    : RequestPipeline<HttpContext, HutchError>(dav.Door.View, logger), IPathDoor
{
    public bool Serves(PathString path) => path.StartsWithSegments(DavTarget.Root, StringComparison.Ordinal);

    protected override HttpContext Begin(HttpContext http)
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return http;
    }

    protected override void ReadTarget(HttpContext http, HttpContext exchange) => RawPath.RejectDots(http);

    protected override ValueTask<Result<Caller>> FindCallerAsync(HttpContext http, HttpContext exchange) =>
        BasicCredential.AuthenticateAsync(http, TokenDoors.WebDav, dav.Door.Authenticator, dav.Door.AllowsTokensOverHttp);

    protected override IDisposable Enter(HttpContext http, HttpContext exchange, Caller caller) =>
        BeginScope(dav.Door.Requests, http, caller, "dav", http.Request.Method);

    protected override async Task RunAsync(HttpContext http, HttpContext exchange, Caller caller)
    {
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

    protected override HutchError ToError(HttpContext http, HttpContext exchange, Exception exception, out bool isFault) =>
        Problems.ToError(exception, out isFault);

    protected override async Task WriteErrorAsync(HttpContext http, HttpContext exchange, HutchError refusal)
    {
        // Whether a private dataset exists is not disclosed: without a login, both are a question for one.
        bool asksWho = refusal.Code == ErrorCode.Unauthenticated
            || (BasicCredential.IsAbsent(http.Request)
                && (refusal.Code.Name == ErrorCode.NotFound.Name || refusal.Code.Name == ErrorCode.Forbidden.Name
                    || refusal.Code.Name == ErrorCode.ScopeMissing.Name));
        if (asksWho && refusal.Code != ErrorCode.Unauthenticated)
        {
            refusal = ErrorCode.Unauthenticated.With("Log in: any name as the user, a token as the password (`hutch token create`).");
        }
        else if (refusal.Code == ErrorCode.DatasetClosed || refusal.Code == ErrorCode.FolderDataset)
        {
            refusal = refusal with { Code = refusal.Code with { Status = StatusCodes.Status403Forbidden } };
        }
        else if (refusal.Code == ErrorCode.ScopeMissing)
        {
            // Even a change looks for the folder first, so that a token that only writes opens nothing here.
            refusal = refusal with { Code = refusal.Code with { Advice = DavErrors.ScopeAdvice } };
        }

        if (asksWho)
        {
            http.Response.OnStarting(() =>
            {
                http.Response.Headers.WWWAuthenticate = "Basic realm=\"Hutch\", charset=\"UTF-8\"";
                return Task.CompletedTask;
            });
        }

        await Problems.WriteAsync(http, refusal, http.RequestAborted);
    }
}
