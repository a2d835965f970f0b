using System.Text.Json.Serialization;
using Hutch.Model.Records;

namespace Hutch.Model.Histories;

/// <summary>One thing that a history says of its dataset: a line of JSON. Times are milliseconds since 1970.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "k")]
[JsonDerivedType(typeof(DatasetFact), DatasetFact.Kind)]
[JsonDerivedType(typeof(ParentFact), ParentFact.Kind)]
[JsonDerivedType(typeof(MetadataFact), MetadataFact.Kind)]
[JsonDerivedType(typeof(SnapshotFact), SnapshotFact.Kind)]
[JsonDerivedType(typeof(TagFact), TagFact.Kind)]
[JsonDerivedType(typeof(PagesFact), PagesFact.Kind)]
[JsonDerivedType(typeof(RepositoryFact), RepositoryFact.Kind)]
[JsonDerivedType(typeof(KeysFact), KeysFact.Kind)]
[JsonDerivedType(typeof(RunFact), RunFact.Kind)]
public abstract record HistoryFact;

/// <summary>What the dataset is. The first line, and the only one of its kind.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its type.</param>
/// <param name="Origin">Original, derived or following.</param>
/// <param name="Created">When it was made.</param>
/// <param name="By">Who made it.</param>
/// <param name="Title">A line for people.</param>
/// <param name="Closed">When it was closed; null while it is open.</param>
/// <param name="GitRule">The rule by which git is shown its files; null for rule 1.</param>
public sealed record DatasetFact(
    DatasetId Id, string Type, DatasetOrigin Origin, long Created, string By, string? Title = null, long? Closed = null,
    int? GitRule = null)
    : HistoryFact
{
    internal const string Kind = "dataset";
}

/// <summary>What it was made from; in order.</summary>
public sealed record ParentFact(DatasetId Dataset, long? Snapshot = null, BlobHash? Root = null) : HistoryFact
{
    internal const string Kind = "parent";
}

/// <summary>A version of the user's metadata.</summary>
/// <param name="Version">Counted from 1.</param>
/// <param name="Time">When it was set.</param>
/// <param name="By">By whom.</param>
/// <param name="Document">The document as it came: the text of a JSON value.</param>
public sealed record MetadataFact(long Version, long Time, string By, string Document) : HistoryFact
{
    internal const string Kind = "metadata";
}

/// <summary>A snapshot.</summary>
/// <param name="Number">Counted from 1 in its dataset.</param>
/// <param name="Root">Its tree.</param>
/// <param name="Reason">What made it.</param>
/// <param name="By">Its author.</param>
/// <param name="Time">When it was made.</param>
/// <param name="Parent">The number of the one before it, which may have been thinned out.</param>
/// <param name="Message">What the author says of it.</param>
public sealed record SnapshotFact(
    long Number, TreeReference Root, SnapshotReason Reason, string By, long Time, long? Parent = null, string? Message = null) : HistoryFact
{
    internal const string Kind = "snapshot";

    /// <summary>Its tree.</summary>
    [JsonIgnore]
    public TreeRoot Tree => Root.ToRoot();
}

/// <summary>A tag on a snapshot.</summary>
public sealed record TagFact(string Tag, long Number) : HistoryFact
{
    internal const string Kind = "tag";
}

/// <summary>How many pages all trees of the history have together, and how many bytes: no copy may need more.</summary>
public sealed record PagesFact(long Count, long Bytes) : HistoryFact
{
    internal const string Kind = "pages";
}

/// <summary>What git brought: refs and objects, as a tree of files that is laid out as a bare repository.</summary>
/// <param name="Root">The tree.</param>
public sealed record RepositoryFact(TreeReference Root) : HistoryFact
{
    internal const string Kind = "repository";

    /// <summary>Its tree.</summary>
    [JsonIgnore]
    public TreeRoot Tree => Root.ToRoot();
}

/// <summary>
/// The keys of git-annex whose content the dataset keeps, as a tree: each key without its extension is a file at the top.
/// </summary>
/// <param name="Root">The tree.</param>
public sealed record KeysFact(TreeReference Root) : HistoryFact
{
    internal const string Kind = "keys";

    /// <summary>Its tree.</summary>
    [JsonIgnore]
    public TreeRoot Tree => Root.ToRoot();
}

/// <summary>What a reader does not know is passed over, and kept in the bytes of the document.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(HistoryFact))]
internal sealed partial class HistoryJson : JsonSerializerContext;
