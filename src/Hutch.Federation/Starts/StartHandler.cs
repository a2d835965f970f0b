using Hutch.Datasets.Programs;
using Hutch.Federation.Doors;
using Hutch.Federation.Wire;
using Hutch.Zone.Authorization;

namespace Hutch.Federation.Starts;

/// <summary>
/// Starts of programs that other sites hand over, for accounts whose tokens were used there. A site is believed the token alone, and the
/// zone's own site the account.
/// </summary>
internal sealed class StartHandler(ForwardedCallers callers)
{
    /// <summary>Starts programs here, bound once by the composition root; null while the server is starting.</summary>
    public ProgramStarter? Programs { get; set; }

    public void AddTo(SiteRoutes routes) => routes.Add(PeerCalls.Start, AnswerAsync);

    public async Task<Result<StartAnswer>> AnswerAsync(BlobHash key, StartRequest request, CancellationToken ct)
    {
        if (Programs is null)
        {
            return ErrorCode.Unavailable.With("This server is just starting. Try again.");
        }

        if (!(await callers.FindAsync(key, request.Token, request.Caller, request.Sequence, ct))
                .TryGet(out Caller? caller, out HutchError? refusal)
            || !request.Read().TryGet(out ProgramStart? start, out refusal))
        {
            return refusal;
        }

        return (await Programs.TakeAsync(caller.PassedOnBy!, caller, request.Program, start, request.IsTrial, ct)).Then<StartAnswer>(
            static run => run is null ? new StartAnswer() : new StartAnswer
            {
                Run = run.Run,
                Output = run.Output,
                Name = run.Name,
                Site = run.Site,
                Same = run.Same is { } same ? new SameLine(same.Run, same.Dataset, same.Name, same.Snapshot) : null,
            });
    }
}
