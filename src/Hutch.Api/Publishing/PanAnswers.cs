using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Hutch.Api.Http;
using Hutch.Datasets;
using Hutch.Datasets.Registry;
using Hutch.Publishing.Pan;
using Hutch.Publishing.Works;
using Hutch.Zone.Publishing;

namespace Hutch.Api.Publishing;

/// <summary>
/// Answers the PaN search API (https://github.com/panosc-eu/search-api), which portals of photon and neutron sources ask: documents,
/// datasets and instruments of publications, the same for every caller. A filter that needs more publications than one request may read is
/// refused, because a part of the answer would be a wrong answer.
/// </summary>
internal sealed class PanAnswers(ApiContext api, PublicationService publications, PublicationReader reader, DatasetSearch search)
{
    public const string Root = "panosc/api";

    private const int MaxItems = 1000;
    private const int PageLength = 500;

    /// <summary>The most publications that one request reads, by their descriptions, and with metadata or files.</summary>
    private const int MaxRead = 10_000;
    private const int MaxReadWhole = 1000;

    /// <summary>The longest time of one request: conditions that search long texts would keep a core busy for minutes.</summary>
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(10);

    private static readonly string[] OfData = ["instrument", "parameters", "files", "samples", "techniques"];

    /// <param name="parts">The path after the root, still escaped: a kind, and then nothing, <c>count</c> or an identifier.</param>
    public async Task<JsonNode> AnswerAsync(HttpRequest request, string[] parts, CancellationToken ct)
    {
        if (publications.CheckAtZone() is { } elsewhere)
        {
            throw elsewhere.ToException();
        }

        PanModel model = parts.FirstOrDefault() switch
        {
            "Datasets" => PanModel.Dataset,
            "Documents" => PanModel.Document,
            "Instruments" => PanModel.Instrument,
            _ => throw ErrorCode.NotFound.With("There are Datasets, Documents and Instruments.").ToException(),
        };
        bool isCount = parts is [_, "count"];
        if (request.Query.Keys.FirstOrDefault(key => key != (isCount ? "where" : "filter")) is { } other)
        {
            throw ErrorCode.BadRequest.With(
                $"The parameter {Display.Quote(other)} is not known here: give {(isCount ? "'where'" : "'filter'")} as JSON.")
                .ToException();
        }

        string given = request.Query[isCount ? "where" : "filter"].ToString();
        if (isCount)
        {
            PanFilter counted = given.Length == 0 ? PanFilter.All : PanFilter.ParseWhere(given, model);
            return new JsonObject { ["count"] = await CountAsync(model, counted, request, ct) };
        }

        PanFilter filter = given.Length == 0 ? PanFilter.All : PanFilter.Parse(given, model);
        return parts switch
        {
            [_] => await ListAsync(model, filter, request, ct),
            [_, var id] => await FindAsync(model, Uri.UnescapeDataString(id), filter, request, ct),
            _ => throw ErrorCode.NotFound.With("There is no such resource.").ToException(),
        };
    }

    /// <summary>An error in the form of the reference implementation (LoopBack).</summary>
    public static JsonObject Error(HutchError refusal) => new()
    {
        ["error"] = new JsonObject
        {
            ["statusCode"] = (double)refusal.Code.Status,
            ["name"] = refusal.Code.Title,
            ["message"] = refusal.Message,
        },
    };

    private async Task<double> CountAsync(PanModel model, PanFilter filter, HttpRequest request, CancellationToken ct) =>
        filter.Where is null && model != PanModel.Instrument
            ? (await publications.CountAsync(ct)).Value
            : await EntitiesAsync(model, filter, request, ct).CountAsync(ct);

    private async Task<JsonArray> ListAsync(PanModel model, PanFilter filter, HttpRequest request, CancellationToken ct)
    {
        if (filter.Limit > MaxItems)
        {
            throw ErrorCode.BadRequest.With($"'limit' is {filter.Limit}, and at most {MaxItems} are answered at once: use 'skip'.")
                .ToException();
        }

        var items = new JsonArray();
        await foreach (JsonObject one in EntitiesAsync(model, filter, request, ct).Skip(filter.Skip).Take(filter.Limit ?? (MaxItems + 1)))
        {
            items.Add(one);
        }

        return items.Count <= MaxItems
            ? items
            : throw ErrorCode.BadRequest.With($"More than {MaxItems} are found: give a 'limit', and 'skip' for the next.").ToException();
    }

    private async Task<JsonObject> FindAsync(PanModel model, string id, PanFilter filter, HttpRequest request, CancellationToken ct)
    {
        HutchError none = ErrorCode.NotFound.With($"There is no {model.Name} {Display.Quote(id)}.");
        if (model == PanModel.Instrument)
        {
            return await EntitiesAsync(model, filter, request, ct).FirstOrDefaultAsync(one => PanIdOf(one) == id, ct)
                ?? throw none.ToException();
        }

        // A DOI is found by its words.
        IReadOnlyList<PublicationStatus> candidates = DatasetId.TryParse(id, out DatasetId dataset)
            ? (await publications.FindPublishedAsync(dataset, ct)).TryGet(out PublicationStatus? found, out _) ? [found] : []
            : (await search.FindPublicationsAsync($"\"{id.Replace('"', ' ')}\"", null, null, PageLength, ct)).Value.Items;
        foreach (PublicationStatus one in candidates.Where(static one => one.Record.WithdrawnAt is null))
        {
            PanEntity entity = await EntityAsync(model, one, isWhole: true, request, ct);
            if (PanIdOf(entity.Properties) == id && PanJoin.Find(entity, filter) is { } shown)
            {
                return shown;
            }
        }

        throw none.ToException();
    }

    private static string? PanIdOf(JsonObject entity) => entity["pid"]?.GetValue<string>();

    /// <summary>All entities that a filter finds, in the order of the list, or by rank for a query.</summary>
    private async IAsyncEnumerable<JsonObject> EntitiesAsync(
        PanModel model, PanFilter filter, HttpRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        int rank = 0;
        IAsyncEnumerable<PanEntity> all = model == PanModel.Instrument
            ? InstrumentsAsync(filter, ct)
            : PublishedAsync(model, filter, request, ct);
        await foreach (PanEntity entity in all)
        {
            rank++;
            entity.Properties["score"] = filter.Query is null ? 0.0 : 1.0 / rank;
            if (PanJoin.Find(entity, filter) is { } found)
            {
                yield return found;
            }
        }
    }

    private async IAsyncEnumerable<PanEntity> InstrumentsAsync(
        PanFilter filter, [EnumeratorCancellation] CancellationToken ct)
    {
        (IReadOnlyList<string> names, bool isMore) = (await search.InstrumentsOfPublicationsAsync(filter.Query ?? "", ct)).Value;
        if (isMore)
        {
            throw TooMany().ToException();
        }

        foreach (string name in names)
        {
            yield return PanEntities.OfInstrument(name, api.Options.SiteName);
        }
    }

    private async IAsyncEnumerable<PanEntity> PublishedAsync(
        PanModel model, PanFilter filter, HttpRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        bool isWhole = filter.Needs(OfData);
        int most = isWhole ? MaxReadWhole : MaxRead;
        int read = 0;
        long begun = api.Options.Time.GetTimestamp();
        await foreach (PublicationStatus one in StatusesAsync(filter.Query, ct))
        {
            if (++read > most || api.Options.Time.GetElapsedTime(begun) > MaxTime)
            {
                throw TooMany().ToException();
            }

            yield return await EntityAsync(model, one, isWhole, request, ct);
        }
    }

    private async IAsyncEnumerable<PublicationStatus> StatusesAsync(
        string? query, [EnumeratorCancellation] CancellationToken ct)
    {
        (string? cursor, (long, DatasetId)? after) = (null, null);
        while (true)
        {
            Batch<PublicationStatus> page = query is null
                ? new Batch<PublicationStatus>((await publications.NewestAsync(after, PageLength, ct)).Value, null)
                : (await search.FindPublicationsAsync(query, null, cursor, PageLength, ct)).Value;
            foreach (PublicationStatus one in page.Items)
            {
                yield return one;
            }

            cursor = page.Next;
            bool isEnd = query is null ? page.Items.Count < PageLength : cursor is null;
            if (isEnd)
            {
                yield break;
            }

            if (page.Items is [.., var last])
            {
                after = (last.Record.Version!.PublishedAt.ToUnixTimeMilliseconds(), last.Record.Dataset);
            }
        }
    }

    private async Task<PanEntity> EntityAsync(
        PanModel model, PublicationStatus one, bool isWhole, HttpRequest request, CancellationToken ct)
    {
        ReadPublication read = isWhole && await reader.ReadAsync(one.Record.Dataset, ct) is { IsOk: true, Value: { } whole }
            ? whole
            : await reader.ReadWithoutFilesAsync(one, ct);
        PublishedWork work = new WorkBuilder(
            read, path => PublicAddress.For(request, api.Options.PublicUrl, path), api.Options.Time.GetUtcNow()).Build();
        return model == PanModel.Document
            ? PanEntities.Document(work, read, api.Options.SiteName)
            : PanEntities.Dataset(work, read, api.Options.SiteName);
    }

    private static HutchError TooMany() => ErrorCode.BadRequest.With(
        $"This filter would read more than {MaxRead} publications, or {MaxReadWhole} with their metadata and files, or take more than "
        + $"{MaxTime.TotalSeconds:0} s: narrow it with 'query', which searches by the index.");
}
