using Hutch.DataLad.Wire;
using Hutch.Doors;
using Hutch.Doors.Requests;
using Hutch.Model.NarrowedTokens;
using Microsoft.Extensions.Logging;

namespace Hutch.DataLad.Hosting;

/// <summary>
/// The door of git, DataLad and git-annex: <c>/git/…</c> for plain clones, <c>/ria/…</c> for those of a RIA store. It authenticates every
/// request, and reports errors in a form that git shows.
/// </summary>
internal sealed class GitDoor(GitContext git, ILogger<GitDoor> logger)
    : RequestPipeline<GitExchange, HutchError>(git.Services.Access.View, logger), IPathDoor
{
    public bool Serves(PathString path) =>
        path.StartsWithSegments(GitRoute.GitPrefix, StringComparison.Ordinal)
        || path.StartsWithSegments(GitRoute.RiaPrefix, StringComparison.Ordinal);

    protected override GitExchange Begin(HttpContext http) => new();

    protected override void ReadTarget(HttpContext http, GitExchange exchange) =>
        exchange.Route = GitRoute.Parse(http.Request.Path.Value ?? "")
            ?? throw ErrorCode.NotFound.With("Repositories are at /git/OWNER/NAME and /git/ID.").ToException();

    protected override ValueTask<Result<Caller>> FindCallerAsync(HttpContext http, GitExchange exchange) =>
        BasicCredential.AuthenticateAsync(http, TokenDoors.Git, git.Services.Authenticator, git.AllowTokensOverHttp);

    protected override IDisposable Enter(HttpContext http, GitExchange exchange, Caller caller) =>
        BeginScope(git.Services.Requests, http, caller, "git", exchange.Route!.Rest.Split('/')[0]);

    protected override Task RunAsync(HttpContext http, GitExchange exchange, Caller caller)
    {
        if (caller.Scope.Folder is { } folder)
        {
            throw ErrorCode.NarrowedKey.With(
                $"A repository is the whole dataset, and this key opens the folder {Display.Quote(folder.Value)} only.").ToException();
        }

        exchange.Request = new GitRequest(git, http, caller, exchange.Route!);
        return exchange.Request.AnswerAsync(http.RequestAborted);
    }

    protected override HutchError ToError(HttpContext http, GitExchange exchange, Exception exception, out bool isFault) =>
        Problems.ToError(exception, out isFault);

    protected override Task WriteErrorAsync(HttpContext http, GitExchange exchange, HutchError refusal)
    {
        bool isToSayWho = BasicCredential.IsAbsent(http.Request) && exchange.Request is not { MayRead: true };
        return TextAnswer.WriteErrorAsync(http, refusal, isToSayWho, http.RequestAborted);
    }

    protected override async ValueTask CutAsync(HttpContext http, HutchError refusal)
    {
        if (http.Response.ContentLength is null)
        {
            // The middle of a pack: git has a band for the reason why it ends here.
            PktLines.Band(http.Response.BodyWriter, PktLines.ErrorBand, Encoding.UTF8.GetBytes(refusal.Message + "\n"));
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        }

        http.Abort();
    }
}
