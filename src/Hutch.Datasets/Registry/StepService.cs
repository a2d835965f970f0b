using Hutch.Datasets.Replication.Sites;
using Hutch.Zone.Accounts;

namespace Hutch.Datasets.Registry;

/// <summary>Tokens for steps of programs. The zone makes them, for requests at any site.</summary>
public sealed class StepService
{
    private readonly JobTokens _steps;
    private readonly SiteRegistry _sites;
    private readonly IPeerRequests? _others;

    internal StepService(JobTokens steps, SiteRegistry sites, IPeerRequests? others) =>
        (_steps, _sites, _others) = (steps, sites, others);

    /// <summary>Makes one, has one be good for longer, or ends it.</summary>
    public async Task<Result<NewJobToken>> RequestAsync(Caller caller, JobTokenQuery question, CancellationToken ct)
    {
        if (_sites.Zone is not null)
        {
            Result<Done> allowed = Authorizer.Authorize(caller, Operation.TokenNarrow);
            return !allowed.IsOk ? allowed.Error
                : caller.Token is null || _others is null
                    ? ErrorCode.Forbidden.With("A token for a step is made with a token for this site, and ends with it.")
                : await _others.RequestJobTokenAsync(caller.Token.Id, question, ct);
        }

        return question switch
        {
            { Wanted: { } wanted } => (await _steps.CreateAsync(caller, wanted, ct)).Then<NewJobToken>(
                static made => new NewJobToken(made.Token.Id, made.Token.ExpiresAt, made.Secret.Reveal())),
            { Id: { } id, Life: { } life } => (await _steps.RenewAsync(caller, id, life, ct)).Then<NewJobToken>(
                static token => new NewJobToken(token.Id, token.ExpiresAt, null)),
            { Id: { } id } => (await _steps.EndAsync(caller, id, ct)).Then<NewJobToken>(_ => new NewJobToken(id, null, null)),
            _ => ErrorCode.BadRequest.With("Nothing is asked of a token for a step."),
        };
    }
}
