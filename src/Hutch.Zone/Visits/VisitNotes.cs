using Hutch.Zone.Authorization;

namespace Hutch.Zone.Visits;

/// <summary>Notes on visits: append-only once a visit has ended. Each method authorizes. Thread-safe.</summary>
public sealed class VisitNotes
{
    private const int MaxPathCharacters = 4096;

    private readonly ZoneDatabase _zone;
    private readonly Authorizer _authorizer;
    private readonly TimeProvider _time;

    internal VisitNotes(ZoneDatabase zone, Authorizer authorizer, TimeProvider time) =>
        (_zone, _authorizer, _time) = (zone, authorizer, time);

    /// <summary>Lists the notes after a number, the oldest first. Pins that the caller may not see are left out.</summary>
    public ValueTask<Result<IReadOnlyList<VisitNoteDetails>>> ListAsync(
        Caller caller, string visit, long after, int limit, CancellationToken ct) =>
        _zone.View.Refusal is { } refusal
            ? ValueTask.FromResult<Result<IReadOnlyList<VisitNoteDetails>>>(refusal)
            : _zone.ReadAsync(
                tables => VisitService.Find(tables, caller, visit, Operation.GroupRead).Then(
                    found => Result<IReadOnlyList<VisitNoteDetails>>.Ok(
                        [.. tables.Visits.NotesOn(found.Id, after, limit).Select(note => Show(tables, caller, note))])),
                ct);

    /// <param name="dataset">A dataset to pin, which the author may see; null for none.</param>
    /// <param name="path">A file or frame of the dataset, which callers have found there; null for the whole.</param>
    public ValueTask<Result<VisitNoteDetails>> AddAsync(
        Caller caller, string visit, string text, DatasetId? dataset, string? path, CancellationToken ct)
    {
        return _zone.ChangeAsync(
            caller.Actor,
            change => VisitService.Find(change, caller, visit, Operation.VisitNote).Then(found =>
            {
                if (!VisitText.Note(text).TryGet(out string? note, out HutchError? error))
                {
                    return error;
                }

                if (path is not null && (dataset is null || path.Length > MaxPathCharacters || !DatasetPath.Parse(path).IsOk))
                {
                    return ErrorCode.BadRequest.With("'path' must be the path of a file of the pinned dataset: give both.");
                }

                if (dataset is { } pinned && !_authorizer.Authorize(change, caller, pinned, Operation.DatasetView).TryGet(out _, out error))
                {
                    return error;
                }

                if (change.Visits.CountNotes(found.Id) >= VisitLimits.MaxNotes)
                {
                    return ErrorCode.TooLarge.With($"The visit '{visit}' has had {VisitLimits.MaxNotes} notes, the maximum.");
                }

                VisitNoteRecord written = change.Visits.AddNote(found.Id, caller.Name, note, dataset, path);
                change.CountDocument(note.Length);
                change.AddAudit(
                    Operation.VisitNote.Name, "owner:" + visit, string.Create(CultureInfo.InvariantCulture, $"note {written.Number}"));
                return Result<VisitNoteDetails>.Ok(Show(change, caller, written));
            }),
            ct);
    }

    /// <summary>Removes a note. For its author and the principal investigator, while the visit has not ended.</summary>
    public ValueTask<Result<Done>> RemoveAsync(Caller caller, string visit, long number, CancellationToken ct)
    {
        return _zone.ChangeAsync(
            caller.Actor,
            change => VisitService.Find(change, caller, visit, Operation.VisitNote).Then<Done>(found =>
            {
                if (found.HasEnded(_time.GetUtcNow()))
                {
                    return ErrorCode.Conflict.With($"The visit '{visit}' has ended: its notes stay. Write another note to correct one.");
                }

                if (change.Visits.NotesOn(found.Id, number - 1, 1) is not [var note] || note.Number != number)
                {
                    return ErrorCode.NotFound.With($"The visit '{visit}' has no note {number}.");
                }

                if (note.Author != caller.Name && !caller.Manages(found.Id))
                {
                    return ErrorCode.Forbidden.With($"Note {number} is by {note.Author}. Ask its author to remove it.");
                }

                change.Visits.ClearNote(found.Id, number);
                change.AddAudit(
                    Operation.VisitNote.Name, "owner:" + visit, string.Create(CultureInfo.InvariantCulture, $"removed note {number}"));
                return Done.Value;
            }),
            ct);
    }

    private VisitNoteDetails Show(ZoneTables tables, Caller caller, VisitNoteRecord note) =>
        note.Dataset is { } dataset
        && _authorizer.Authorize(tables, caller, dataset, Operation.DatasetView).TryGet(out Access access, out _)
            ? new VisitNoteDetails(
                _authorizer.Authorize(tables, caller, dataset, Operation.EntryList).IsOk ? note : note with { Path = null }, access.Dataset)
            : new VisitNoteDetails(note with { Dataset = null, Path = null }, null);
}

/// <param name="Pinned">The pinned dataset; null for none that the caller may see.</param>
public sealed record VisitNoteDetails(VisitNoteRecord Note, NameRecord? Pinned);
