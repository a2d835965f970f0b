using Hutch.Model.Records;

namespace Hutch.Model.Histories;

/// <summary>A fact in a history: a line of JSON. Times are milliseconds since 1970.</summary>
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
[JsonDerivedType(typeof(StatementFact), StatementFact.Kind)]
public abstract record HistoryFact;

/// <summary>The dataset itself: the first line, and the only one of its kind.</summary>
/// <param name="Origin">Original, derived or following.</param>
/// <param name="Closed">The time of closing; null while it is open.</param>
/// <param name="GitRule">The version of the rule that maps its files to git; null for rule 1.</param>
public sealed record DatasetFact(
    DatasetId Id, string Type, DatasetOrigin Origin, long Created, string By, string? Title = null, long? Closed = null,
    int? GitRule = null)
    : HistoryFact
{
    internal const string Kind = "dataset";
}

/// <summary>A parent of the dataset, in order.</summary>
public sealed record ParentFact(DatasetId Dataset, long? Snapshot = null, BlobHash? Root = null) : HistoryFact
{
    internal const string Kind = "parent";
}

/// <param name="Version">The number, from 1.</param>
/// <param name="Document">The document as received: the text of a JSON value.</param>
public sealed record MetadataFact(long Version, long Time, string By, string Document) : HistoryFact
{
    internal const string Kind = "metadata";
}

/// <param name="Number">The number in its dataset, from 1.</param>
/// <param name="Parent">The number of the previous snapshot, which may have been thinned out.</param>
public sealed record SnapshotFact(
    long Number, TreeReference Root, SnapshotReason Reason, string By, long Time, long? Parent = null, string? Message = null) : HistoryFact
{
    internal const string Kind = "snapshot";

    [JsonIgnore]
    public TreeRoot Tree => Root.ToRoot();
}

public sealed record TagFact(string Tag, long Number) : HistoryFact
{
    internal const string Kind = "tag";
}

/// <summary>The number and bytes of the pages of all trees of the history together, as a limit for copies.</summary>
public sealed record PagesFact(long Count, long Bytes) : HistoryFact
{
    internal const string Kind = "pages";
}

/// <summary>The refs and objects that were pushed with git, as a tree of files laid out as a bare repository.</summary>
public sealed record RepositoryFact(TreeReference Root) : HistoryFact
{
    internal const string Kind = "repository";

    [JsonIgnore]
    public TreeRoot Tree => Root.ToRoot();
}

/// <summary>The git-annex keys whose content the dataset has, as a tree: each key without its extension is a file at the top.</summary>
public sealed record KeysFact(TreeReference Root) : HistoryFact
{
    internal const string Kind = "keys";

    [JsonIgnore]
    public TreeRoot Tree => Root.ToRoot();
}

/// <summary>The statement of a site that it repeated a run and compared the results: see <see cref="Sites.RerunStatement"/>.</summary>
/// <param name="Run">The run that repeated another one.</param>
/// <param name="Document">The statement, as it was signed.</param>
/// <param name="Proof">The public key of the site, and its signature.</param>
public sealed record StatementFact(Guid Run, string Document, string Proof) : HistoryFact
{
    internal const string Kind = "statement";
}

/// <summary>Readers skip unknown facts and retain them in the bytes of the document.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(HistoryFact))]
internal sealed partial class HistoryJson : JsonSerializerContext;
