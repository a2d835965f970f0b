using Hutch.Zone.Visits;

namespace Hutch.Api.Documents;

/// <summary>Visits and their notes, as the REST interface writes and reads them.</summary>
internal static class VisitDocuments
{
    public static VisitInfo From(VisitDetails details, Caller caller, DateTimeOffset now) => new()
    {
        Name = details.Visit.Name,
        Title = details.Visit.Title,
        Proposal = details.Visit.Proposal,
        Instrument = details.Visit.Instrument,
        Begin = details.Visit.Begin,
        End = details.Visit.End,
        Embargo = details.Visit.EmbargoEnd,
        KeepDays = details.Visit.KeepDays,
        State = details.Visit.StateAt(now),
        People = caller.Kind == CallerKind.Screen
            ? []
            : [.. details.People.Select(static person => new VisitPersonInfo { User = person.User, Role = person.Role.ToName() })],
        Samples =
        [
            .. details.Visit.Samples.Select(
                static sample => new VisitSampleInfo { Name = sample.Name, Description = sample.Description }),
        ],
        Manager = caller.Manages(details.Visit.Id) || Authorizer.Authorize(caller, Operation.VisitChange).IsOk,
        Copies = details.Copies is { } copies && caller.Kind != CallerKind.Screen
            ? new VisitCopiesInfo { Datasets = copies.Datasets, Copied = copies.Copied }
            : null,
        Notes = details.Notes.Count > 0 ? details.Notes : null,
    };

    public static VisitNoteInfo From(VisitNoteDetails details) => new()
    {
        Number = details.Note.Number,
        Author = details.Note.Author,
        Time = details.Note.WrittenAt,
        Text = details.Note.Text,
        Dataset = details.Note.Dataset,
        DatasetName = details.Pinned?.FullName,
        Path = details.Note.Path,
    };

    public static Result<VisitDraft> ToDraft(VisitDocument document)
    {
        var people = new List<VisitPerson>();
        foreach (VisitPersonInfo person in document.People ?? [])
        {
            if (!ToRole(person.Role).TryGet(out VisitRole role, out HutchError? error))
            {
                return error;
            }

            people.Add(new VisitPerson(person.User, role));
        }

        return new VisitDraft
        {
            Name = document.Name,
            Title = document.Title,
            Proposal = document.Proposal,
            Instrument = document.Instrument,
            Begin = document.Begin,
            End = document.End,
            EmbargoEnd = document.Embargo,
            KeepDays = document.KeepDays,
            People = people,
            Samples = [.. (document.Samples ?? []).Select(static sample => new VisitSample(sample.Name, sample.Description))],
            Creators = document.Creators ?? [],
        };
    }

    public static Result<VisitRole> ToRole(string? role) => role is null ? VisitRole.Experimenter : VisitRoleNames.Parse(role);
}
