using Hutch.Datasets.Replication.Sites;
using Hutch.Model;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Replication.Sites;

namespace Hutch.Datasets.Registry;

/// <summary>Tokens for steps of programs, which the zone makes, at whatever site somebody asks.</summary>
public sealed class StepService
{
    private readonly StepTokens _steps;
    private readonly SiteRegistry _sites;
    private readonly ISiteQuestions? _others;

    internal StepService(StepTokens steps, SiteRegistry sites, ISiteQuestions? others) =>
        (_steps, _sites, _others) = (steps, sites, others);

    /// <summary>Makes one, has one be good for longer, or ends it.</summary>
    public async Task<Result<MadeStep>> AskAsync(Caller caller, StepQuestion question, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (_sites.Zone is not null)
        {
            Result<Done> allowed = Authorizer.Authorize(caller, Operation.TokenNarrow);
            return !allowed.IsOk ? allowed.Error
                : caller.Token is null || _others is null
                    ? ErrorCode.Forbidden.With("A token for a step is made with a token for this site, and ends with it.")
                : await _others.AskForStepAsync(caller.Token.Id, question, ct);
        }

        return question switch
        {
            { Wanted: { } wanted } => (await _steps.CreateAsync(caller, wanted, ct)).Then<MadeStep>(
                static made => new MadeStep(made.Token.Id, made.Token.ExpiresAt, made.Secret.Reveal())),
            { Id: { } id, Life: { } life } => (await _steps.RenewAsync(caller, id, life, ct)).Then<MadeStep>(
                static token => new MadeStep(token.Id, token.ExpiresAt, null)),
            { Id: { } id } => (await _steps.EndAsync(caller, id, ct)).Then<MadeStep>(_ => new MadeStep(id, null, null)),
            _ => ErrorCode.BadRequest.With("Nothing is asked of a token for a step."),
        };
    }
}
