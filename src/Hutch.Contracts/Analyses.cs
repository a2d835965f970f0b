using System.Text.Json;
using System.Text.Json.Serialization;
using Hutch.Model;
using Hutch.Model.Analyses;

namespace Hutch.Contracts;

/// <summary>Asks for an analysis of every frame of a dataset.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StartAnalysis
{
    /// <summary>Name of the analysis step, from <c>GET /analyses/steps</c>. Default: the first one listed.</summary>
    public string? Step { get; init; }

    /// <summary>
    /// A recipe in the JSON form of Zocalo, in place of the step: its first node is a step of this server, and the rows go to the queues
    /// that it names (docs/reference/recipes.md).
    /// </summary>
    public JsonElement? Recipe { get; init; }

    /// <summary>
    /// Parameter values by name; with a recipe, what takes the place of {NAME} in it. Numbers and booleans may be given as text.
    /// </summary>
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
    /// For an open dataset. False: analyse its newest version; the run ends with the last frame of it. True: analyse the frames that are
    /// there and those still to come; the run ends when the dataset is closed.
    /// </summary>
    public bool Follow { get; init; }

    /// <summary>
    /// What to do when frames come faster than they are analysed: <c>all</c> (they wait), <c>newest</c> (the newest is next, and when 256
    /// wait the oldest of them is skipped) or <c>every:N</c> (when 256 wait, they are skipped, but never frames 1, N+1, 2N+1 and so on).
    /// Needs <c>follow</c>. Default: what the recipe says, else <c>all</c>.
    /// </summary>
    public string? WhenBehind { get; init; }

    /// <summary>
    /// The id of a run on this dataset that is over: only frames without a row in it are analysed, with its step or recipe and its
    /// parameters if you give none.
    /// </summary>
    public string? MissingFrom { get; init; }

    /// <summary>
    /// The workers that shall carry it out: those of this namespace. Default: <c>default</c>, that of the worker inside the server.
    /// </summary>
    public string? Namespace { get; init; }

    /// <summary>
    /// An address, https://HOST/PATH, to which the rows are sent by POST as they come (docs/operations/control-system.md). The operator of
    /// the server names those that may be called. It is kept with the run: give no secrets.
    /// </summary>
    public string? Callback { get; init; }

    /// <summary>
    /// True: start a new run in any case. Otherwise, if you may read the results of a run, done or under way, of the same version of the
    /// program with the same parameters on the same snapshot (or still following the same dataset), the answer is that run.
    /// </summary>
    public bool? Again { get; init; }
}

/// <summary>Asks what an analysis step finds on one frame.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TryAnalysis
{
    /// <summary>Path of the frame, such as <c>000012</c>.</summary>
    public required string Frame { get; init; }

    /// <summary>Name of the analysis step, from <c>GET /analyses/steps</c>. Default: the first one listed.</summary>
    public string? Step { get; init; }

    /// <summary>Parameter values by name. Numbers and booleans may be given as text.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Parameters { get; init; }
}

/// <summary>What an analysis step finds on one frame. Nothing of it is kept.</summary>
public sealed record AnalysisTrial
{
    /// <summary>The row that a run would have.</summary>
    public required ResultRow Row { get; init; }

    /// <summary>How many pixels are strong; absent if the step does not look for such.</summary>
    public long? StrongPixels { get; init; }

    /// <summary>
    /// Which pixels are strong, base64; absent if the step does not look for such, or if there are too many. Numbers of 7 bits a byte, the
    /// low ones first, a set high bit for more to come: in turn how many pixels are not strong, and how many are, row by row.
    /// </summary>
    public byte[]? Strong { get; init; }
}

/// <summary>An analysis that was started, or was there already.</summary>
public sealed record AnalysisInfo
{
    /// <summary>Run id.</summary>
    public required string Run { get; init; }

    /// <summary>The following dataset that receives the results.</summary>
    public required DatasetId Dataset { get; init; }

    /// <summary>Name of that dataset, <c>owner/slug</c>.</summary>
    public string? Name { get; init; }

    /// <summary>True if a run of the same work was there: nothing was started, and this is it.</summary>
    public bool? Existing { get; init; }

    /// <summary>The snapshot being analysed; absent when the dataset is followed.</summary>
    public long? Snapshot { get; init; }

    /// <summary>Frames known so far.</summary>
    public long? Frames { get; init; }

    /// <summary>Columns of a result row after <c>file-number</c>, in order.</summary>
    public IReadOnlyList<ResultColumn> Columns { get; init; } = [];
}

/// <summary>Result row of a frame: the columns of the analysis step, or an error.</summary>
public sealed record ResultRow
{
    /// <summary>Number of the frame, from 1.</summary>
    [JsonPropertyName("file-number")]
    public required long FileNumber { get; init; }

    /// <summary>Why the frame could not be analysed; the row then has no columns.</summary>
    public string? Error { get; init; }

    /// <summary>Values by column name.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Values { get; set; }
}

/// <summary>Last line of a stream of results.</summary>
public sealed record ResultsEnd
{
    /// <summary>True: every row available was sent.</summary>
    public required bool End { get; init; }

    /// <summary>Rows before this line.</summary>
    public long? Count { get; init; }

    /// <summary>State of the run: <c>running</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public string? State { get; init; }

    /// <summary>What the run reported at its end; if it failed, why.</summary>
    public string? Message { get; init; }

    /// <summary>Frames that have a row.</summary>
    public long? Frames { get; init; }

    /// <summary>Frames that failed.</summary>
    public long? Failures { get; init; }

    /// <summary>Frames that were skipped, because they came faster than they were analysed.</summary>
    public long? Skipped { get; init; }

    /// <summary>Why the stream ends early.</summary>
    public Problem? Problem { get; init; }
}
