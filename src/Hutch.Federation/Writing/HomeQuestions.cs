using Hutch.Datasets.Sites;
using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Federation.Writing;

/// <summary>What this zone asks the homes of datasets. Thread-safe.</summary>
internal sealed class HomeQuestions(SiteKeyStore keys, PeerWays ways) : IHomeQuestions, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly AnswerTimeout _timeout = new(Patience, ways.Time);
    private readonly Lock _gate = new();
    private HomePeers? _peers;

    public async Task<HutchError?> FindQuotaRefusalAsync(NameRecord dataset, string owner, bool isExact, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (!(await Peers(await keys.GetAsync(ct)).FindClientAsync(dataset, ct)).TryGet(out SiteClient? home, out HutchError? refusal))
        {
            return refusal;
        }

        var request = new RoomRequest { Dataset = dataset.Dataset, Owner = owner, IsExact = isExact };
        return (await _timeout.AskAsync(
            $"The home of {dataset.FullName}",
            either => home.PostAsync(SiteProtocol.Room, request, SiteJson.Default.RoomRequest, SiteJson.Default.DoneAnswer, either),
            ct)).Error;
    }

    public void Dispose() => _peers?.Dispose();

    private HomePeers Peers(SiteKey key)
    {
        lock (_gate)
        {
            return _peers ??= new HomePeers(key, ways);
        }
    }
}
