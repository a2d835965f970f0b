using System.Globalization;
using Hutch.Catalog.Search;
using Hutch.Datasets.Search;
using Hutch.Model;
using Hutch.Zone.Authorization;
using Hutch.Zone.Limits;
using Hutch.Zone.Names;

namespace Hutch.Datasets.Registry;

/// <summary>Datasets as callers see them: find, list, search.</summary>
public sealed class DatasetService
{
    private readonly Authorizer _authorizer;
    private readonly DatasetNames _names;
    private readonly DatasetDescriber _describer;
    private readonly SearchIndex _search;

    internal DatasetService(Authorizer authorizer, DatasetNames names, DatasetDescriber describer, SearchIndex search)
    {
        _authorizer = authorizer;
        _names = names;
        _describer = describer;
        _search = search;
    }

    public async Task<Result<DatasetDescription>> GetAsync(Caller caller, DatasetId id, CancellationToken ct) =>
        await _describer.DescribeAsync(caller, id, Operation.DatasetView, ct);

    /// <summary>The dataset that a person means: by id, <c>owner/slug</c> or slug.</summary>
    public async Task<Result<DatasetDescription>> ResolveAsync(Caller caller, string name, CancellationToken ct)
    {
        Result<Access> access = await FindAsync(caller, name, ct);
        return access.IsOk ? await _describer.DescribeAsync(caller, access.Value, ct) : access.Error;
    }

    /// <summary>The id of the dataset that a person means.</summary>
    public async Task<Result<DatasetId>> ResolveIdAsync(Caller caller, string name, CancellationToken ct) =>
        (await FindAsync(caller, name, ct)).Then<DatasetId>(access => access.Dataset.Dataset);

    /// <summary>The datasets that the caller may view.</summary>
    public async Task<Result<Batch<DatasetDescription>>> ListAsync(Caller caller, DatasetFilter filter, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(filter);
        int limit = Math.Clamp(filter.Limit, 1, AccountLimits.MaxPage);
        var items = new List<DatasetDescription>();
        (string, string)? after = ParseCursor(filter.Cursor);
        while (true)
        {
            var query = new VisibleNamesFilter { Owner = filter.Owner, OnlyShared = filter.OnlyShared, After = after, Limit = limit };
            Result<IReadOnlyList<Model.Zone.NameRecord>> names = await _names.ListAsync(caller, query, ct);
            if (!names.IsOk)
            {
                return names.Error;
            }

            List<Access> visible = await SeeAsync(caller, names.Value.Select(name => name.Dataset), ct);
            foreach (DatasetDescription dataset in (await _describer.DescribeAsync(caller, visible, ct)).Where(
                dataset => Matches(dataset, filter)))
            {
                items.Add(dataset);
                if (items.Count == limit)
                {
                    return new Batch<DatasetDescription>(items, dataset.Name.FullName);
                }
            }

            if (names.Value.Count < limit)
            {
                return new Batch<DatasetDescription>(items, null);
            }

            after = (names.Value[^1].Owner.Name, names.Value[^1].Slug);
        }
    }

    /// <summary>
    /// The visible datasets that have, for each word of a text, one that begins so in name, title, type or metadata; newest first.
    /// </summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="text">The words.</param>
    /// <param name="cursor">Where the page before ended.</param>
    /// <param name="limit">The most of one page.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<Batch<DatasetDescription>>> SearchAsync(
        Caller caller, string text, string? cursor, int limit, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return ErrorCode.BadRequest.With("'q' is missing: give the words to search for.");
        }

        if (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return ErrorCode.BadRequest.With($"{Display.Quote(cursor)} is not the 'next' of a page of this search.");
        }

        limit = Math.Clamp(limit, 1, AccountLimits.MaxPage);
        long? below = cursor is null ? null : long.Parse(cursor, CultureInfo.InvariantCulture);
        IReadOnlyList<SearchHit> hits = await _search.FindAsync(caller, text, below, limit, ct);
        List<Access> visible = await SeeAsync(caller, hits.Select(hit => hit.Id), ct);
        return new Batch<DatasetDescription>(
            await _describer.DescribeAsync(caller, visible, ct),
            hits.Count < limit ? null : hits[^1].Key.ToString(CultureInfo.InvariantCulture));
    }

    private async Task<Result<Access>> FindAsync(Caller caller, string name, CancellationToken ct)
    {
        Result<DatasetRef> reference = DatasetRef.Parse(name);
        return reference.IsOk ? await _names.ResolveAsync(caller, reference.Value, ct) : reference.Error;
    }

    private async Task<List<Access>> SeeAsync(Caller caller, IEnumerable<DatasetId> datasets, CancellationToken ct)
    {
        var visible = new List<Access>();
        foreach (DatasetId dataset in datasets)
        {
            Result<Access> access = await _authorizer.AuthorizeAsync(caller, dataset, Operation.DatasetView, ct);
            if (access.IsOk)
            {
                visible.Add(access.Value);
            }
        }

        return visible;
    }

    private static bool Matches(DatasetDescription dataset, DatasetFilter filter)
    {
        bool inState = filter.State is { } state ? dataset.State == state : dataset.IsPresent;
        bool ofKind = filter.Kind is null || dataset.Kind == filter.Kind;
        return inState && ofKind && (filter.Text is not { } text
            || dataset.Name.FullName.Contains(text, StringComparison.OrdinalIgnoreCase)
            || dataset.Record.Title?.Contains(text, StringComparison.OrdinalIgnoreCase) == true);
    }

    private static (string, string)? ParseCursor(string? cursor)
    {
        int slash = cursor?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        return slash < 0 ? null : (cursor![..slash], cursor[(slash + 1)..]);
    }
}

public sealed record DatasetFilter
{
    /// <summary>Only those of this owner.</summary>
    public string? Owner { get; init; }

    /// <summary>Only those in this state; null for all that are not in the trash or gone.</summary>
    public string? State { get; init; }

    /// <summary>Only those of this kind: original, derived or following.</summary>
    public string? Kind { get; init; }

    /// <summary>Only those in whose name, title or metadata the text occurs.</summary>
    public string? Text { get; init; }

    /// <summary>Only what others shared with the caller.</summary>
    public bool OnlyShared { get; init; }

    /// <summary>Go on after what an earlier page ended with.</summary>
    public string? Cursor { get; init; }

    public int Limit { get; init; } = 100;
}
