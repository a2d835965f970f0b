using Hutch.Datasets.Registry;
using Hutch.Federation.Wire;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;

namespace Hutch.Federation.Doors;

/// <summary>
/// The tokens for steps that people ask for at sites, which the zone makes for them. The site is believed which token was used there, and
/// nothing else; the new one is for that site, and ends with the other.
/// </summary>
internal sealed class StepRequests(SiteRegistry registry, SiteReaders readers, StepService steps)
{
    public void AddTo(SiteRoutes routes) => routes.Add(PeerCalls.Steps, AnswerAsync);

    public async Task<Result<JobTokenAnswer>> AnswerAsync(BlobHash key, StepRequestText request, CancellationToken ct)
    {
        if (!(await SiteRequests.FindSenderAsync(registry, key, ct)).TryGet(out SitePeer? site, out HutchError? refusal)
            || !SiteRequests.ReadLife(request.Seconds).TryGet(out TimeSpan? life, out refusal)
            || !(await readers.FindAsync(site.Id, request.Token, ct)).TryGet(out Caller? caller, out refusal))
        {
            return refusal;
        }

        if (await FindRefusalAsync(site.Id, request, ct) is { } barred)
        {
            return barred;
        }

        var question = new JobTokenQuery
        {
            Wanted = request.Output is { } output ? new StepRequest(request.Inputs ?? [], output, life ?? TimeSpan.Zero) : null,
            Id = request.Id,
            Life = life,
        };
        Result<NewJobToken> made = await steps.RequestAsync(caller, question, ct);
        long sequence = await registry.SequenceAsync(ct);
        return made.Then<JobTokenAnswer>(step => new JobTokenAnswer
        {
            Id = step.Id,
            Expires = step.ExpiresAt,
            Secret = step.Secret,
            Sequence = sequence,
        });
    }

    /// <summary>Refuses datasets that must not be at that site, with the same error as for datasets that do not exist.</summary>
    private async Task<HutchError?> FindRefusalAsync(string site, StepRequestText request, CancellationToken ct)
    {
        if (request.Output is not { } output)
        {
            return null;
        }

        if (!(await readers.AdmitAsync(site, request.Token, output, Operation.EntryWrite, ct)).TryGet(out _, out HutchError? refusal))
        {
            return refusal;
        }

        foreach (DatasetId input in (request.Inputs ?? []).Take(TokenScope.MaxDatasets))
        {
            if (!(await readers.AdmitAsync(site, request.Token, input, Operation.EntryRead, ct)).TryGet(out _, out refusal))
            {
                return refusal;
            }
        }

        return null;
    }
}
