using Hutch.Datasets.Analyses;
using Hutch.Datasets.Programs;
using Hutch.Federation.Copies;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Model.Sites;
using Hutch.Zone.Authorization;

namespace Hutch.Federation.Starts;

/// <summary>Hands starts of programs over to other sites. Thread-safe.</summary>
internal sealed class StartHandOver(CallerPeers peers) : IStartHandOver
{
    private const int MaxName = 1000;

    private readonly AnswerTimeout _timeout = new(TimeSpan.FromSeconds(10), peers.Time);

    public async Task<Result<StartedElsewhere?>> HandOverAsync(
        string siteId, Caller caller, string program, ProgramStart start, bool isTrial, CancellationToken ct)
    {
        if (!(await peers.FindSiteAsync(siteId, ct)).TryGet(out SiteClient? site, out HutchError? refusal))
        {
            return refusal;
        }

        // The zone acts for accounts also without a credential of theirs, as for a start by a rule.
        SiteRegistry registry = peers.Registry;
        bool isZone = registry.Zone is null;
        StartRequest request = StartRequest.From(program, start, isTrial) with
        {
            Token = isZone ? null : caller.Token?.Id,
            Caller = isZone
                ? new ForwardedCaller(caller.UserId, caller.CredentialId ?? registry.OwnId, caller.Scope, caller.ExpiresAt).ToString()
                : null,
            Sequence = isZone ? await registry.SequenceAsync(ct) : null,
        };
        if (!(await _timeout.CallAsync(site, site.Address, PeerCalls.Start, request, ct)).TryGet(
            out StartAnswer? answer, out refusal))
        {
            return refusal;
        }

        if (isTrial)
        {
            return (StartedElsewhere?)null;
        }

        if (answer is { Run: { } run, Output: { } output, Name: { Length: <= MaxName } name, Site: { } called }
            && SiteName.Parse(called).IsOk)
        {
            return new StartedElsewhere(run, output, name, Read(answer.Same)) { Site = called };
        }

        return ErrorCode.Unavailable.With($"{site.Address} does not answer as a site does: it names no run.");
    }

    private static SameResult? Read(SameLine? line) =>
        line is { Name.Length: <= MaxName } ? new SameResult(line.Run, line.Dataset, line.Name, line.Snapshot) : null;
}
