namespace Hutch.Contracts;

/// <summary>A visit: a group of people with dates, a proposal and an instrument, which owns the datasets of that time.</summary>
public sealed record VisitInfo
{
    /// <summary>The name, which is also that of its group.</summary>
    public required string Name { get; init; }

    public string? Title { get; init; }

    public required string Proposal { get; init; }

    public string? Instrument { get; init; }

    public required DateTimeOffset Begin { get; init; }

    /// <summary>End of all changes to its datasets. Its people read them afterwards as before.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>Time from which everyone may read its datasets; absent: never.</summary>
    public DateTimeOffset? Embargo { get; init; }

    /// <summary>Days after which its datasets expire, counted from the creation of each; absent: never.</summary>
    public int? KeepDays { get; init; }

    /// <summary><c>upcoming</c>, <c>running</c> or <c>ended</c>.</summary>
    public required string State { get; init; }

    public required IReadOnlyList<VisitPersonInfo> People { get; init; }

    public required IReadOnlyList<VisitSampleInfo> Samples { get; init; }

    /// <summary>True if the caller may add people and end the visit.</summary>
    public bool Manager { get; init; }

    /// <summary>Copies of its datasets at other sites; absent in lists, at joined sites, and in a zone of one site.</summary>
    public VisitCopiesInfo? Copies { get; init; }

    /// <summary>Parts of a document that were left out, such as people without an account.</summary>
    public IReadOnlyList<string>? Notes { get; init; }
}

/// <summary>Numbers of copied datasets of a visit.</summary>
public sealed record VisitCopiesInfo
{
    public required long Datasets { get; init; }

    /// <summary>
    /// Datasets of which another site has reported a complete, verified copy. That of an open dataset may lack its newest files.
    /// </summary>
    public required long Copied { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record VisitPersonInfo
{
    /// <summary>Login name.</summary>
    public required string User { get; init; }

    /// <summary><c>principal-investigator</c>, <c>experimenter</c> or <c>local-contact</c>. Default: <c>experimenter</c>.</summary>
    public string? Role { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record VisitSampleInfo
{
    /// <summary>The name, unique in its proposal only.</summary>
    public required string Name { get; init; }

    public string? Description { get; init; }
}

/// <summary>Creates a visit, or makes an existing one equal to it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record VisitDocument
{
    /// <summary>Lower-case letters, digits and dashes.</summary>
    public required string Name { get; init; }

    public string? Title { get; init; }

    public required string Proposal { get; init; }

    public string? Instrument { get; init; }

    public required DateTimeOffset Begin { get; init; }

    /// <summary>End of all changes to its datasets.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>Time from which everyone may read its datasets; absent: never.</summary>
    public DateTimeOffset? Embargo { get; init; }

    /// <summary>Days after which new datasets expire, counted from the creation of each; absent: never.</summary>
    public int? KeepDays { get; init; }

    /// <summary>All people of the visit. Those without an account are left out and named in the answer.</summary>
    public IReadOnlyList<VisitPersonInfo>? People { get; init; }

    public IReadOnlyList<VisitSampleInfo>? Samples { get; init; }

    /// <summary>Accounts of instruments, which may create datasets of the visit until its end.</summary>
    public IReadOnlyList<string>? Creators { get; init; }

    /// <summary>
    /// Placement rules for its datasets, such as <c>1 copy where tier=archive</c>. Other rules of the visit without an end are removed;
    /// absent: its rules are unchanged.
    /// </summary>
    public IReadOnlyList<string>? Rules { get; init; }

    /// <summary>Quota of its datasets at the zone's own site; absent: unchanged.</summary>
    public long? QuotaBytes { get; init; }

    /// <summary>Budget of processor time of its programs at the zone's own site, in core hours; absent: unchanged.</summary>
    public double? CoreHours { get; init; }
}

/// <summary>Sets the role of a person in a visit.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PutVisitPerson
{
    /// <summary><c>principal-investigator</c>, <c>experimenter</c> or <c>local-contact</c>. Default: <c>experimenter</c>.</summary>
    public string? Role { get; init; }
}

/// <summary>A note on a visit.</summary>
public sealed record VisitNoteInfo
{
    /// <summary>The number in its visit.</summary>
    public required long Number { get; init; }

    /// <summary>Login name of the author.</summary>
    public required string Author { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>Markdown.</summary>
    public required string Text { get; init; }

    /// <summary>The pinned dataset; absent for none that the caller may see.</summary>
    public DatasetId? Dataset { get; init; }

    /// <summary>Name of the pinned dataset.</summary>
    public string? DatasetName { get; init; }

    /// <summary>The pinned file or frame of the dataset.</summary>
    public string? Path { get; init; }
}

/// <summary>Writes a note on a visit.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateVisitNote
{
    /// <summary>Markdown, at most 20,000 characters.</summary>
    public required string Text { get; init; }

    /// <summary>A dataset to pin: name or id.</summary>
    public string? Dataset { get; init; }

    /// <summary>A file or frame of the pinned dataset, which must be there.</summary>
    public string? Path { get; init; }
}
