using Hutch.Model.Publications;
using Hutch.Zone.Authorization;
using Hutch.Zone.Dois;

namespace Hutch.Zone.Publishing;

/// <summary>
/// Publications of datasets: describes, publishes and withdraws them. Each method authorizes inside its transaction and adds a line to the
/// audit. The calling code checks that a description is complete. Thread-safe.
/// </summary>
public sealed class Publications
{
    public const int MaxVersions = 1000;

    /// <summary>The most bytes of all revisions of one description: each stays.</summary>
    private const long MaxRevisionBytes = 16 << 20;

    private const int MaxReasonCharacters = 1000;
    private const int MaxRelated = 50;

    private readonly ZoneDatabase _zone;
    private readonly Authorizer _authorizer;
    private readonly DoiOptions _dois;

    internal Publications(ZoneDatabase zone, Authorizer authorizer, DoiOptions dois) =>
        (_zone, _authorizer, _dois) = (zone, authorizer, dois);

    public bool GivesDois => _dois.IsOn;

    /// <summary>
    /// Returns the publication of a dataset, or its draft, to a caller with the right to publish it; null when there is none.
    /// </summary>
    public async ValueTask<Result<PublicationRecord?>> FindAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        await _zone.ReadAsync(
            tables => _authorizer.Authorize(tables, caller, dataset, Operation.PublicationRead).Then(
                _ => Result<PublicationRecord?>.Ok(tables.Publications.Find(dataset))),
            ct);

    /// <summary>Lists the revisions of the description, the newest first, for callers with the right to publish the dataset.</summary>
    public async ValueTask<Result<IReadOnlyList<PublicationRevision>>> RevisionsAsync(
        Caller caller, DatasetId dataset, long before, int limit, CancellationToken ct) =>
        await _zone.ReadAsync(
            tables => _authorizer.Authorize(tables, caller, dataset, Operation.PublicationRead).Then(
                _ => Result<IReadOnlyList<PublicationRevision>>.Ok(tables.Publications.Revisions(dataset, before, limit))),
            ct);

    /// <summary>Returns the public state of a published or withdrawn dataset; null for a draft and for none.</summary>
    public ValueTask<PublicationStatus?> FindPublishedAsync(DatasetId dataset, CancellationToken ct) =>
        _zone.ReadAsync(
            tables => tables.Publications.Find(dataset) is { Version: { } version } found && tables.Names.Find(dataset) is { } name
                ? new PublicationStatus(found, name, tables.Publications.OfSeries(version.Series))
                : null,
            ct);

    /// <summary>Lists published and withdrawn datasets in the order of their last change, each with its own version only.</summary>
    /// <inheritdoc cref="PublicationTable.Changed"/>
    public ValueTask<IReadOnlyList<PublicationStatus>> ChangedAsync(
        (long From, long Before) span, (long Ms, DatasetId Dataset)? after, int limit, CancellationToken ct) =>
        _zone.ReadAsync<IReadOnlyList<PublicationStatus>>(
            tables =>
            [
                .. tables.Publications.Changed(span, after, limit).Select(
                    record => new PublicationStatus(record, tables.Names.Find(record.Dataset)!, [record])),
            ],
            ct);

    /// <summary>Lists published datasets, the newest publication first, each with its own version only.</summary>
    /// <inheritdoc cref="PublicationTable.Newest"/>
    public ValueTask<IReadOnlyList<PublicationStatus>> NewestAsync((long Ms, DatasetId Dataset)? after, int limit, CancellationToken ct) =>
        _zone.ReadAsync<IReadOnlyList<PublicationStatus>>(
            tables =>
            [
                .. tables.Publications.Newest(after, limit).Select(
                    record => new PublicationStatus(record, tables.Names.Find(record.Dataset)!, [record])),
            ],
            ct);

    /// <summary>Returns those of some datasets that are published now, in their order, each with its own version only.</summary>
    public ValueTask<IReadOnlyList<PublicationStatus>> AmongAsync(IReadOnlyCollection<DatasetId> datasets, CancellationToken ct) =>
        _zone.ReadAsync<IReadOnlyList<PublicationStatus>>(
            tables =>
            [
                .. datasets.Select(dataset => tables.Publications.Find(dataset) is { State: PublicationStage.Published } found
                        && tables.Names.Find(dataset) is { } name
                    ? new PublicationStatus(found, name, [found])
                    : null).OfType<PublicationStatus>(),
            ],
            ct);

    /// <inheritdoc cref="PublicationTable.Count"/>
    public ValueTask<long> CountAsync(CancellationToken ct) => _zone.ReadAsync(static tables => tables.Publications.Count(), ct);

    /// <inheritdoc cref="PublicationTable.Changes"/>
    public ValueTask<IReadOnlyList<(DatasetId Dataset, DateTimeOffset ChangedAt)>> ChangesAsync(
        long skip, int limit, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Publications.Changes(skip, limit), ct);

    /// <summary>Returns the time of the first change of a publication; null when there is none.</summary>
    public ValueTask<DateTimeOffset?> FirstChangeAsync(CancellationToken ct) =>
        _zone.ReadAsync(static tables => tables.Publications.FirstChange(), ct);

    /// <summary>Returns true if a dataset is published and not withdrawn.</summary>
    public ValueTask<bool> IsPublishedAsync(DatasetId dataset, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Publications.Find(dataset)?.State == PublicationStage.Published, ct);

    /// <summary>Returns true if a dataset is or was published, or has a DOI: others rely on its bytes.</summary>
    public ValueTask<bool> IsCitedAsync(DatasetId dataset, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Publications.Find(dataset) is { Version: not null } or { Doi: not null }, ct);

    /// <param name="isComplete">True if every required field is present, which a published description always needs.</param>
    /// <param name="expected">The revision that it replaces (0: none yet); null for no check.</param>
    public ValueTask<Result<PublicationRecord>> DescribeAsync(
        Caller caller, DatasetId dataset, PublicationDescription description, bool isComplete, long? expected, CancellationToken ct) =>
        ChangeAsync<PublicationRecord>(caller, dataset, Operation.PublicationChange, change =>
        {
            PublicationRecord? before = change.Publications.Find(dataset);
            if (expected is { } wanted && wanted != (before?.Revision ?? 0))
            {
                return Changed(before);
            }

            if (before?.State is PublicationStage.Published or PublicationStage.Withdrawn && !isComplete)
            {
                return ErrorCode.Unprocessable.With(
                    "The dataset is published: its description cannot lose what is required. The checklist says what is missing.");
            }

            return Describe(change, caller, dataset, description);
        }, ct);

    /// <summary>
    /// Adds a related work to the description of a draft, or begins one. A published description, and one with many related works, stays as
    /// its authors left it.
    /// </summary>
    public ValueTask<Result<Done>> RelateAsync(Caller caller, DatasetId dataset, RelatedWork work, CancellationToken ct) =>
        ChangeAsync<Done>(caller, dataset, Operation.PublicationChange, change =>
        {
            PublicationRecord? before = change.Publications.Find(dataset);
            PublicationDescription description = before?.Description ?? new PublicationDescription();
            bool stays = before is { State: not PublicationStage.Draft } || description.Related.Count >= MaxRelated
                || description.Related.Any(one => one.Identifier == work.Identifier);
            return stays
                ? Done.Value
                : Describe(change, caller, dataset, description with { Related = [.. description.Related, work] })
                    .Then<Done>(static _ => Done.Value);
        }, ct);

    /// <summary>Publishes a version of a dataset. From then on its page is public and permanent.</summary>
    public ValueTask<Result<PublicationRecord>> PublishAsync(
        Caller caller, DatasetId dataset, PublicationRequest wanted, CancellationToken ct)
    {
        return ChangeAsync<PublicationRecord>(caller, dataset, Operation.PublicationPublish, change =>
        {
            PublicationRecord? draft = change.Publications.Find(dataset);
            if (draft is null || draft.Revision != wanted.Revision)
            {
                return Changed(draft);
            }

            if (draft.State != PublicationStage.Draft)
            {
                return (ErrorCode.Conflict with { Advice = "Publish another dataset as its new version." }).With(
                    $"The dataset is {(draft.State == PublicationStage.Published ? "published already" : "withdrawn")}.");
            }

            if (!SeriesOf(change, caller, dataset, wanted.NewVersionOf).TryGet(out DatasetId series, out HutchError? refusal))
            {
                return refusal;
            }

            PublicationRecord published = change.Publications.Publish(dataset, series, wanted.Data);
            if (wanted.Doi ?? _dois.IsOn)
            {
                if (Reserve(change, dataset, series) is { } noDoi)
                {
                    return noDoi;
                }
            }
            else if (published.Doi is not null)
            {
                return ErrorCode.Unprocessable.With(
                    $"The DOI {published.Doi.Doi} is reserved for the dataset, so that it is published with it.");
            }

            change.Dois.SetDue(dataset);
            published = change.Publications.Find(dataset)!;
            change.AddAudit(Operation.PublicationPublish.Name, "dataset:" + dataset, $"version {published.Version!.Number} of {series}");
            if (wanted.Visibility is { } visibility)
            {
                change.Names.SetVisibility(dataset, visibility);
                change.AddAudit(Operation.VisibilityChange.Name, "dataset:" + dataset, "as it is published");
            }

            return published;
        }, ct);
    }

    /// <summary>Withdraws a publication. Its page remains and says so, and the dataset becomes private.</summary>
    public ValueTask<Result<PublicationRecord>> WithdrawAsync(Caller caller, DatasetId dataset, string why, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(why) || why.Length > MaxReasonCharacters)
        {
            return ValueTask.FromResult<Result<PublicationRecord>>(ErrorCode.BadRequest.With(
                $"Say why it is withdrawn, in 1 to {MaxReasonCharacters} characters; everybody can read it."));
        }

        return ChangeAsync<PublicationRecord>(caller, dataset, Operation.PublicationWithdraw, change =>
        {
            if (change.Publications.Find(dataset) is not { State: PublicationStage.Published })
            {
                return ErrorCode.Unprocessable.With("The dataset is not published, so there is nothing to withdraw.");
            }

            PublicationRecord withdrawn = change.Publications.Withdraw(dataset, why.Trim());
            change.Dois.SetDue(dataset);
            change.AddAudit(Operation.PublicationWithdraw.Name, "dataset:" + dataset, why.Trim());
            change.Names.SetVisibility(dataset, Visibility.Private);
            change.AddAudit(Operation.VisibilityChange.Name, "dataset:" + dataset, "as it is withdrawn");
            return withdrawn;
        }, ct);
    }

    /// <summary>Assigns a DOI: reserved for a draft, public for a published dataset. Repeating it changes nothing.</summary>
    public ValueTask<Result<PublicationRecord>> GiveDoiAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        ChangeAsync<PublicationRecord>(caller, dataset, Operation.PublicationPublish, change =>
        {
            PublicationRecord? record = change.Publications.Find(dataset);
            HutchError? refusal = record switch
            {
                null => ErrorCode.Unprocessable.With("The dataset has no description for publication yet: describe it first."),
                { State: PublicationStage.Withdrawn, Doi: null } =>
                    ErrorCode.Unprocessable.With("The dataset was withdrawn; what is withdrawn gets no DOI any more."),
                _ => Reserve(change, dataset, record.Version?.Series),
            };
            if (refusal is not null)
            {
                return refusal;
            }

            PublicationRecord given = change.Publications.Find(dataset)!;
            change.AddAudit(Operation.PublicationChange.Name, "dataset:" + dataset, "DOI " + given.Doi!.Doi);
            return given;
        }, ct);

    /// <summary>Notes that the files of a dataset have ended. If it is published, its page and its DOI say so from then on.</summary>
    public async ValueTask NoteEndAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        if (await _zone.ReadAsync(tables => tables.Publications.Find(dataset)?.Version is null, ct))
        {
            return;
        }

        Result<Done> noted = await _zone.ChangeUnlimitedAsync<Done>(
            caller.Actor,
            change =>
            {
                change.Publications.SetChanged(dataset);
                change.Dois.SetDue(dataset);
                change.AddAudit(Operation.PublicationChange.Name, "dataset:" + dataset, "its files are gone");
                return Done.Value;
            },
            ct);
        _ = noted.Value;
    }

    private HutchError? Reserve(ZoneChange change, DatasetId dataset, DatasetId? series)
    {
        if (!_dois.IsOn)
        {
            return (ErrorCode.Unprocessable with { Advice = "Publish without one, or ask the operator." }).With(
                "This server gives no DOIs: no service of DOIs is configured.");
        }

        change.Dois.Reserve(DoiName.For(_dois, dataset, isSeries: false), dataset, isSeries: false);
        if (series is { } first)
        {
            change.Dois.Reserve(DoiName.For(_dois, first, isSeries: true), first, isSeries: true);
        }

        return null;
    }

    private Result<DatasetId> SeriesOf(ZoneChange change, Caller caller, DatasetId dataset, DatasetId? earlier)
    {
        if (earlier is not { } named)
        {
            return dataset;
        }

        HutchError? refusal = _authorizer.Authorize(change, caller, named, Operation.PublicationPublish).Error;
        if (refusal is not null)
        {
            return refusal;
        }

        if (change.Publications.Find(named)?.Version is not { } version)
        {
            return ErrorCode.Unprocessable.With($"The dataset {named} is not published, so that there can be no new version of it.");
        }

        if (change.Publications.OfSeries(version.Series).Count >= MaxVersions)
        {
            return ErrorCode.Unprocessable.With($"A work can have at most {MaxVersions} versions.");
        }

        return version.Series;
    }

    private static Result<PublicationRecord> Describe(
        ZoneChange change, Caller caller, DatasetId dataset, PublicationDescription description)
    {
        PublicationRecord described = change.Publications.Describe(dataset, description, caller.Name, out long bytes);
        if (change.Publications.BytesOfRevisions(dataset) > MaxRevisionBytes)
        {
            return ErrorCode.TooLarge.With(
                $"All descriptions that the dataset had take more than {Display.Bytes(MaxRevisionBytes)}, the maximum.");
        }

        change.CountDocument(bytes);
        change.Dois.SetDue(dataset);
        change.AddAudit(Operation.PublicationChange.Name, "dataset:" + dataset, $"revision {described.Revision}");
        return described;
    }

    private static HutchError Changed(PublicationRecord? now) => ErrorCode.PreconditionFailed.With(
        now is null
            ? "The dataset has no description for publication yet."
            : $"Another user changed the description: it is at revision {now.Revision}.");

    private ValueTask<Result<T>> ChangeAsync<T>(
        Caller caller, DatasetId dataset, Operation operation, Func<ZoneChange, Result<T>> change, CancellationToken ct)
    {
        return _zone.ChangeAsync(
            caller.Actor, tables => _authorizer.Authorize(tables, caller, dataset, operation).Then(_ => change(tables)), ct);
    }
}

/// <param name="Visibility">The new rights of the public; null for the current ones.</param>
/// <param name="NewVersionOf">The published dataset that it succeeds as a new version; null for a new work.</param>
/// <param name="Doi">True to assign a DOI, false for none; null to assign one if DOIs are on.</param>
public sealed record PublicationRequest(
    long Revision, PublishedData Data, Visibility? Visibility, DatasetId? NewVersionOf, bool? Doi = null);

public sealed record PublicationStatus(PublicationRecord Record, NameRecord Name, IReadOnlyList<PublicationRecord> Series);
