namespace Hutch.Contracts;

/// <summary>Starts an analysis of every frame of a dataset.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StartAnalysis
{
    /// <summary>Name of the analysis step, from <c>GET /analyses/steps</c>. Default: the first one listed.</summary>
    public string? Step { get; init; }

    /// <summary>
    /// A recipe in the JSON form of Zocalo, instead of the step: its first node is a step of this server, and the rows go to its queues;
    /// or it is a service of others, which gets the address of each frame (docs/reference/recipes.md).
    /// </summary>
    public JsonElement? Recipe { get; init; }

    /// <summary>Parameter values by name; with a recipe, the values for {NAME} in it. Numbers and booleans can be given as text.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Parameters { get; init; }

    /// <summary>Shorthand for the parameter <c>algorithm</c>.</summary>
    public string? Algorithm { get; init; }

    /// <summary>Shorthand for the parameter <c>dMin</c>.</summary>
    public double? DMin { get; init; }

    /// <summary>Shorthand for the parameter <c>dMax</c>.</summary>
    public double? DMax { get; init; }

    /// <summary>Name of the following dataset. Default: derived from the name of the input.</summary>
    public string? Output { get; init; }

    /// <summary>
    /// For an open dataset. False: analyse its newest version; the run ends with its last frame. True: analyse the present and all later
    /// frames; the run ends when the dataset is closed.
    /// </summary>
    public bool Follow { get; init; }

    /// <summary>
    /// Policy for frames that arrive faster than they are analysed: <c>all</c> (they wait), <c>newest</c> (the newest is next, and when 256
    /// wait the oldest of them is skipped) or <c>every:N</c> (when 256 wait, they are skipped, but never frames 1, N+1, 2N+1 and so on).
    /// Needs <c>follow</c>. Default: the recipe's policy, otherwise <c>all</c>.
    /// </summary>
    public string? WhenBehind { get; init; }

    /// <summary>
    /// The id of an ended run on this dataset: only frames without a row in it are analysed. Default for the step or recipe and the
    /// parameters: those of that run.
    /// </summary>
    public string? MissingFrom { get; init; }

    /// <summary>Namespace of the workers that execute it. Default: <c>default</c>, which the server's own worker uses.</summary>
    public string? Namespace { get; init; }

    /// <summary>
    /// An address, https://HOST/PATH, that receives the rows by POST as they are produced (docs/operations/control-system.md). The operator
    /// of the server lists the permitted addresses. It is stored with the run: include no secrets.
    /// </summary>
    public string? Callback { get; init; }

    /// <summary>
    /// True: always start a new run. Otherwise the answer can be an existing run, finished or in progress, whose results you may read. It
    /// must have the same version of the program, the same parameters, and the same snapshot or the same followed dataset.
    /// </summary>
    public bool? Again { get; init; }
}

/// <summary>Runs an analysis step on one frame.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TryAnalysis
{
    /// <summary>Path of the frame, such as <c>000012</c>.</summary>
    public required string Frame { get; init; }

    /// <summary>Name of the analysis step, from <c>GET /analyses/steps</c>. Default: the first one listed.</summary>
    public string? Step { get; init; }

    /// <summary>Parameter values by name. Numbers and booleans can be given as text.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Parameters { get; init; }
}

/// <summary>Result of an analysis step on one frame. It is not stored.</summary>
public sealed record AnalysisTrial
{
    /// <summary>The row that a run would produce.</summary>
    public required ResultRow Row { get; init; }

    /// <summary>Number of strong pixels; absent if the step does not search for them.</summary>
    public long? StrongPixels { get; init; }

    /// <summary>
    /// The strong pixels, base64; absent if the step does not search for them, or if there are too many. A sequence of numbers of 7 bits a
    /// byte, low ones first, with a set high bit if more follow: alternating lengths of runs of other and of strong pixels, row by row.
    /// </summary>
    public byte[]? Strong { get; init; }
}

/// <summary>A started or existing analysis.</summary>
public sealed record AnalysisInfo
{
    /// <summary>Run id.</summary>
    public required string Run { get; init; }

    /// <summary>The following dataset that receives the results.</summary>
    public required DatasetId Dataset { get; init; }

    /// <summary>Name of that dataset, <c>owner/slug</c>.</summary>
    public string? Name { get; init; }

    /// <summary>True if an equal run existed: no new run was started.</summary>
    public bool? Existing { get; init; }

    /// <summary>The analysed snapshot; absent if the dataset is followed.</summary>
    public long? Snapshot { get; init; }

    /// <summary>Frames known so far.</summary>
    public long? Frames { get; init; }

    /// <summary>Columns of a result row after <c>file-number</c>, in order.</summary>
    public IReadOnlyList<ResultColumn> Columns { get; init; } = [];
}

/// <summary>Selects frames by their rows in a run.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SelectFrames
{
    /// <summary>
    /// Condition on the rows: comparisons of a column, or <c>frame</c>, with a number, a text in quotes or a boolean; <c>and</c>,
    /// <c>or</c>, <c>not</c> and parentheses. A comparison with an unknown value never matches.
    /// </summary>
    public required string Where { get; init; }

    /// <summary>Name of the new dataset, which the caller owns.</summary>
    public required string Name { get; init; }
}

/// <summary>A dataset of selected frames.</summary>
public sealed record SelectionInfo
{
    /// <summary>The run that records the selection.</summary>
    public required string Run { get; init; }

    /// <summary>The dataset with the frames, their rows as <c>results.jsonl</c>, and the condition as <c>selection.json</c>.</summary>
    public required DatasetId Dataset { get; init; }

    /// <summary>Name of that dataset, <c>owner/slug</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Selected frames.</summary>
    public required long Frames { get; init; }

    /// <summary>Rows of the run from which they were selected.</summary>
    public required long Rows { get; init; }

    /// <summary>True if the dataset is closed, as its source is.</summary>
    public required bool Closed { get; init; }
}

/// <summary>Result row of a frame: the columns of the analysis step, or an error.</summary>
public sealed record ResultRow
{
    /// <summary>Number of the frame, from 1.</summary>
    [JsonPropertyName("file-number")]
    public required long FileNumber { get; init; }

    /// <summary>Reason why the frame could not be analysed; the row then has no columns.</summary>
    public string? Error { get; init; }

    /// <summary>Values by column name.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Values { get; set; }
}

/// <summary>Last line of a stream of results.</summary>
public sealed record ResultsEnd
{
    /// <summary>True: every available row was sent.</summary>
    public required bool End { get; init; }

    /// <summary>Rows before this line.</summary>
    public long? Count { get; init; }

    /// <summary>State of the run: <c>running</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public string? State { get; init; }

    /// <summary>Final message of the run; the reason if it failed.</summary>
    public string? Message { get; init; }

    /// <summary>Frames that have a row.</summary>
    public long? Frames { get; init; }

    /// <summary>Frames that failed.</summary>
    public long? Failures { get; init; }

    /// <summary>Frames that were skipped because they arrived faster than they were analysed.</summary>
    public long? Skipped { get; init; }

    /// <summary>The reason if the stream ends early.</summary>
    public Problem? Problem { get; init; }
}
