using Hutch.Datasets.Sites;
using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Sites;

namespace Hutch.Federation.Writing;

/// <summary>What this server asks other sites for somebody. Thread-safe.</summary>
internal sealed class SiteQuestions(SiteKeyStore keys, PeerWays ways) : ISiteQuestions, IDisposable
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

    public async Task<Result<LinkAnswer>> AskForLinksAsync(string token, LinkQuestion question, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (ways.Registry.Zone is not { } joined)
        {
            throw new InvalidOperationException("A zone makes share links itself.");
        }

        SiteClient zone = Peers(await keys.GetAsync(ct)).ClientOf(SitePeer.Of(joined));
        var request = new LinksRequest
        {
            Token = token,
            Dataset = question.Dataset,
            Right = question.Right == Rights.None ? null : question.Right.ToName(),
            Seconds = (long?)question.Life?.TotalSeconds,
            Withdrawn = question.Withdrawn,
        };
        return (await _timeout.AskAsync(
            $"The zone at {joined.Address}, which makes share links,",
            either => zone.PostAsync(SiteProtocol.Links, request, SiteJson.Default.LinksRequest, SiteJson.Default.LinksAnswer, either),
            ct)).Then<LinkAnswer>(answer => new LinkAnswer([.. answer.Links.Select(one => Read(one, question.Dataset))], Read(answer.Made)));
    }

    public void Dispose() => _peers?.Dispose();

    private HomePeers Peers(SiteKey key)
    {
        lock (_gate)
        {
            return _peers ??= new HomePeers(key, ways);
        }
    }

    private static LinkRecord Read(LinkLine line, DatasetId dataset) => new(
        line.Id, dataset, RightsExtensions.ParseRight(line.Right).Value, default, line.By, line.Created, line.Expires, null);

    private static MadeLink? Read(MadeLine? line) =>
        line is null ? null : new MadeLink(line.Id, line.Expires, line.Secret, line.Address);
}
