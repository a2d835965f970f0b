using Hutch.Datasets.Registry;
using Hutch.Federation.Copies;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;

namespace Hutch.Federation.Quotas;

/// <summary>Asks the homes of datasets about the quotas of future owners. Thread-safe.</summary>
internal sealed class HomeQuotas(CallerPeers peers) : IHomeQuotas
{
    /// <summary>Datasets of one request: as many as fit into <see cref="SiteProtocol.MaxRequestBytes"/>.</summary>
    public const int MaxAtOnce = 4000;

    private readonly AnswerTimeout _timeout = new(TimeSpan.FromSeconds(10), peers.Time);

    public async Task<HutchError?> FindRefusalAsync(
        IReadOnlyList<NameRecord> datasets, string owner, bool isExact, CancellationToken ct)
    {
        if (!(await peers.FindHomeAsync(datasets[0], ct)).TryGet(out SiteClient? home, out HutchError? refusal))
        {
            return refusal;
        }

        // Thousands do not fit into one request; then there must be space for each part.
        foreach (NameRecord[] some in datasets.Chunk(MaxAtOnce))
        {
            var request = new QuotaRequest
            {
                Dataset = some[0].Dataset,
                With = some.Length > 1 ? [.. some.Skip(1).Select(static name => name.Dataset)] : null,
                Owner = owner,
                IsExact = isExact,
            };
            refusal = (await _timeout.CallAsync(home, $"The home of {datasets[0].FullName}", PeerCalls.Quota, request, ct)).Error;
            if (refusal is not null)
            {
                return refusal;
            }
        }

        return null;
    }
}
