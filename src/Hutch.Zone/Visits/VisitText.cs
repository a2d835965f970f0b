using Hutch.Zone.Limits;

namespace Hutch.Zone.Visits;

/// <summary>Checks of the texts and dates of a visit.</summary>
internal static class VisitText
{
    /// <summary>Returns a draft with trimmed texts, or the first fault in it.</summary>
    public static Result<VisitDraft> Check(VisitDraft draft)
    {
        if (!AccountText.NewName(draft.Name).TryGet(out string? name, out HutchError? error)
            || !AccountText.Line(draft.Title, "title").TryGet(out string? title, out error)
            || !Name(draft.Proposal, "proposal").TryGet(out string? proposal, out error)
            || !OptionalName(draft.Instrument, "instrument").TryGet(out string? instrument, out error)
            || !Samples(draft.Samples).TryGet(out IReadOnlyList<VisitSample>? samples, out error))
        {
            return error;
        }

        return FindFault(draft, name) is { } fault
            ? fault
            : draft with { Name = name, Title = title, Proposal = proposal, Instrument = instrument, Samples = samples };
    }

    private static HutchError? FindFault(VisitDraft draft, string name)
    {
        if (draft.End <= draft.Begin)
        {
            return Bad($"The visit '{name}' must end after it begins.");
        }

        if (draft.EmbargoEnd < draft.Begin)
        {
            return Bad($"The embargo of the visit '{name}' ends before the visit begins.");
        }

        if (draft.KeepDays is < 1 or > VisitLimits.MaxDays)
        {
            return Bad($"'keepDays' is {draft.KeepDays}; it must be 1 to {VisitLimits.MaxDays}. Omit it to keep the datasets.");
        }

        if (draft.People.Count > VisitLimits.MaxPeople)
        {
            return ErrorCode.TooLarge.With($"A visit can have at most {VisitLimits.MaxPeople} people.");
        }

        if (draft.People.GroupBy(static person => person.User).FirstOrDefault(static same => same.Count() > 1) is { } twice)
        {
            return Bad($"{Display.Quote(twice.Key)} is among the people of '{name}' more than once. Remove one of the entries.");
        }

        return draft.Creators.Count > VisitLimits.MaxPeople
            ? ErrorCode.TooLarge.With($"At most {VisitLimits.MaxPeople} accounts can create datasets of a visit.")
            : null;
    }

    /// <summary>Returns the text of a note, or the fault in it.</summary>
    public static Result<string> Note(string text)
    {
        string note = text.Trim();
        if (note.Length == 0)
        {
            return Bad("The note is empty. Write some text.");
        }

        if (note.Length > VisitLimits.MaxNoteCharacters)
        {
            return ErrorCode.TooLarge.With(
                $"The note has {note.Length} characters; the limit is {VisitLimits.MaxNoteCharacters}. Put long texts into a file.");
        }

        if (note.Any(static c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
        {
            return Bad("The note contains a control character. Remove it.");
        }

        return note;
    }

    private static Result<IReadOnlyList<VisitSample>> Samples(IReadOnlyList<VisitSample> samples)
    {
        if (samples.Count > VisitLimits.MaxSamples)
        {
            return ErrorCode.TooLarge.With($"A visit can have at most {VisitLimits.MaxSamples} samples.");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var read = new List<VisitSample>();
        foreach (VisitSample sample in samples)
        {
            if (!Name(sample.Name, "name of a sample").TryGet(out string? name, out HutchError? error)
                || !AccountText.Line(sample.Description, "description of a sample").TryGet(out string? description, out error))
            {
                return error;
            }

            if (!names.Add(name))
            {
                return Bad($"The sample {Display.Quote(name)} is listed twice. Remove one of them.");
            }

            read.Add(new VisitSample(name, description));
        }

        return read;
    }

    private static Result<string?> OptionalName(string? text, string what) =>
        string.IsNullOrWhiteSpace(text) ? (string?)null : Name(text, what).Then<string?>(static name => name);

    private static Result<string> Name(string text, string what)
    {
        string name = text.Trim();
        if (name.Length == 0)
        {
            return Bad($"The {what} is empty.");
        }

        if (name.Length > VisitLimits.MaxNameCharacters)
        {
            return Bad($"The {what} has {name.Length} characters; the limit is {VisitLimits.MaxNameCharacters}.");
        }

        return name.Any(char.IsControl) ? Bad($"The {what} contains a control character.") : name;
    }

    private static HutchError Bad(string message) => ErrorCode.BadRequest.With(message);
}
