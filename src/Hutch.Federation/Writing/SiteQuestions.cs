using Hutch.Datasets.Replication.Sites;
using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Replication.Sites;

namespace Hutch.Federation.Writing;

/// <summary>What this server asks other sites for somebody. Thread-safe.</summary>
internal sealed class SiteQuestions(SiteKeyStore keys, PeerWays ways, SiteView view) : ISiteQuestions, IDisposable
{
    /// <summary>Datasets of one question for room: as many fit into <see cref="SiteProtocol.MaxRequestBytes"/>.</summary>
    public const int MaxAskedTogether = 4000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly AnswerTimeout _timeout = new(Patience, ways.Time);
    private readonly Lock _gate = new();
    private HomePeers? _peers;

    public async Task<HutchError?> FindQuotaRefusalAsync(
        IReadOnlyList<NameRecord> datasets, string owner, bool isExact, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(datasets);
        NameRecord dataset = datasets[0];
        if (!(await Peers(await keys.GetAsync(ct)).FindClientAsync(dataset, ct)).TryGet(out SiteClient? home, out HutchError? refusal))
        {
            return refusal;
        }

        // Thousands do not go into one question; then there must be room for each part.
        foreach (NameRecord[] asked in datasets.Chunk(MaxAskedTogether))
        {
            var request = new RoomRequest
            {
                Dataset = asked[0].Dataset,
                With = asked.Length > 1 ? [.. asked.Skip(1).Select(static name => name.Dataset)] : null,
                Owner = owner,
                IsExact = isExact,
            };
            Result<DoneAnswer> room = await _timeout.AskAsync(
                $"The home of {dataset.FullName}",
                either => home.PostAsync(SiteProtocol.Room, request, SiteJson.Default.RoomRequest, SiteJson.Default.DoneAnswer, either),
                ct);
            if (!room.IsOk)
            {
                return room.Error;
            }
        }

        return null;
    }

    public async Task<Result<LinkAnswer>> AskForLinksAsync(string token, LinkQuestion question, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(question);
        (SiteClient zone, string whom) = await FindZoneAsync(ct);
        var request = new LinksRequest
        {
            Token = token,
            Dataset = question.Dataset,
            Right = question.Right == Rights.None ? null : question.Right.ToName(),
            Seconds = (long?)question.Life?.TotalSeconds,
            Withdrawn = question.Withdrawn,
        };
        return (await _timeout.AskAsync(
            $"{whom}, which makes share links,",
            either => zone.PostAsync(SiteProtocol.Links, request, SiteJson.Default.LinksRequest, SiteJson.Default.LinksAnswer, either),
            ct)).Then<LinkAnswer>(
                answer => new LinkAnswer([.. answer.Links.Select(one => Read(one, question.Dataset))], Read(answer.Made)));
    }

    public async Task<Result<MadeStep>> AskForStepAsync(string token, StepQuestion question, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(question);
        (SiteClient zone, string whom) = await FindZoneAsync(ct);
        var request = new StepRequestText
        {
            Token = token,
            Output = question.Wanted?.Output,
            Inputs = question.Wanted?.Inputs,
            Id = question.Id,
            Seconds = (long?)(question.Wanted?.Life ?? question.Life)?.TotalSeconds,
        };
        return await _timeout.AskAsync<MadeStep>($"{whom}, which makes tokens,", AskAsync, ct);

        async Task<Result<MadeStep>> AskAsync(CancellationToken either)
        {
            Result<StepAnswer> answer = await zone.PostAsync(
                SiteProtocol.Steps, request, SiteJson.Default.StepRequestText, SiteJson.Default.StepAnswer, either);
            if (!answer.IsOk)
            {
                return answer.Error;
            }

            await view.AwaitAsync(answer.Value.Sequence, either);
            return new MadeStep(answer.Value.Id, answer.Value.Expires, answer.Value.Secret);
        }
    }

    public void Dispose() => _peers?.Dispose();

    private async Task<(SiteClient Client, string Words)> FindZoneAsync(CancellationToken ct) => ways.Registry.Zone is { } joined
        ? (Peers(await keys.GetAsync(ct)).ClientOf(SitePeer.Of(joined)), $"The zone at {joined.Address}")
        : throw new InvalidOperationException("A zone does not ask itself.");

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
