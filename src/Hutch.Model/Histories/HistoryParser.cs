using System.Text.Unicode;
using Hutch.Model.Records;
using Hutch.Model.Sites;

namespace Hutch.Model.Histories;

internal sealed class HistoryParser(ReadOnlyMemory<byte> bytes)
{
    private const int MaxTextCharacters = 10_000;

    // Far above what there is, and low enough that sums of them are numbers still.
    private const long MaxNumber = 1L << 40;
    private const long MaxBytes = 1L << 56;
    private const long MaxPages = 1L << 26;
    private const long MaxRules = 1000;
    private const int MaxDatasetsOfRun = 1000;

    private static readonly long LastTime = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private readonly List<HistoryFact> _facts = [];
    private readonly List<ReadOnlyMemory<byte>> _unknown = [];
    private readonly HashSet<long> _numbers = [];
    private readonly HashSet<string> _tags = new(StringComparer.Ordinal);
    private readonly HashSet<Guid> _runs = [];
    private readonly HashSet<Guid> _statements = [];
    private long _lastNumber;
    private long _lastVersion;
    private readonly HashSet<string> _once = new(StringComparer.Ordinal);
    private int _line = 1;

    public Result<History> Parse()
    {
        ReadOnlyMemory<byte> rest = bytes;
        if (bytes.Length > History.MaxBytes)
        {
            return ErrorCode.TooLarge.With($"The history has {bytes.Length} bytes; the limit is {History.MaxBytes}.");
        }

        if (!rest.Span.StartsWith(History.Header) || !Utf8.IsValid(rest.Span) || rest.Span[^1] != '\n')
        {
            return Reject("it does not begin with 'hutch-history 1', or does not end with a line feed");
        }

        rest = rest[History.Header.Length..];
        while (!rest.IsEmpty)
        {
            _line++;
            int end = rest.Span.IndexOf((byte)'\n');
            if (AddLine(rest[..end]) is { } fault)
            {
                return Reject(fault);
            }

            rest = rest[(end + 1)..];
        }

        return _facts.Count == 0 ? Reject("it says nothing of its dataset")
            : _facts[0] is DatasetFact { Closed: not null } && _numbers.Count == 0 ? Reject("a closed dataset has a snapshot")
            : new History(bytes, _facts, _unknown);
    }

    private HutchError Reject(string fault) =>
        ErrorCode.InvalidBody.With($"The history of the dataset is not valid: line {_line}: {fault}.");

    private string? AddLine(ReadOnlyMemory<byte> line)
    {
        try
        {
            if (KindOf(line.Span) is not { } kind)
            {
                return "it is not an object with its kind first";
            }

            if (!IsKnown(kind))
            {
                // Unknown lines must be JSON, too, so that no garbage is passed on.
                using var read = JsonDocument.Parse(line);
                _unknown.Add(line);
                return _facts.Count == 0 ? "the dataset comes first" : null;
            }

            HistoryFact fact = JsonSerializer.Deserialize(line.Span, HistoryJson.Default.HistoryFact)!;
            string? fault = Check(fact);
            _facts.Add(fact is RunFact run ? run with { Line = line } : fact);
            return fault;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The other is for text that is not Unicode, such as one half of a surrogate pair.
            return "it is not what its kind says: " + e.Message.TrimEnd('.');
        }
    }

    private static string? KindOf(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject
            && reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("k"u8)
            && reader.Read() && reader.TokenType == JsonTokenType.String
            ? reader.GetString()
            : null;
    }

    private static bool IsKnown(string kind) => kind is DatasetFact.Kind or ParentFact.Kind or MetadataFact.Kind or SnapshotFact.Kind
        or TagFact.Kind or PagesFact.Kind or RepositoryFact.Kind or KeysFact.Kind or RunFact.Kind or StatementFact.Kind;

    private string? Check(HistoryFact fact) => fact switch
    {
        DatasetFact dataset => _facts.Count > 0 ? "the dataset comes once, and first"
            : CheckTime(dataset.Created) ?? CheckTime(dataset.Closed) ?? CheckNumber(dataset.GitRule ?? 1, MaxRules)
                ?? Check(dataset.Type, dataset.By, dataset.Title),
        _ when _facts.Count == 0 => "the dataset comes first",
        MetadataFact metadata => Check(metadata),
        SnapshotFact snapshot => Check(snapshot),
        TagFact tag => !_numbers.Contains(tag.Number) ? "a tag is on a snapshot that is not there"
            : !_tags.Add(tag.Tag) ? "a tag comes twice"
            : SnapshotRef.ParseTag(tag.Tag).Error?.Message.TrimEnd('.'),
        PagesFact pages => CheckNumber(pages.Count, MaxPages) ?? CheckNumber(pages.Bytes, MaxBytes) ?? Once(PagesFact.Kind),
        RepositoryFact repository => CheckTree(repository.Root) ?? Once(RepositoryFact.Kind),
        KeysFact keys => CheckTree(keys.Root) ?? Once(KeysFact.Kind),
        RunFact run => Check(run),
        StatementFact statement => !_statements.Add(statement.Run) ? "a statement about a rerun comes twice"
            : RerunStatement.Read(statement.Document, statement.Proof).Error?.Message.TrimEnd('.'),
        _ => null,
    };

    private string? Check(MetadataFact metadata)
    {
        if (metadata.Version <= _lastVersion)
        {
            return "the versions of the metadata are not in order";
        }

        _lastVersion = metadata.Version;
        using var document = JsonDocument.Parse(metadata.Document);
        return document.RootElement.ValueKind != JsonValueKind.Object
            ? "the metadata are not an object"
            : CheckNumber(metadata.Version, MaxNumber) ?? CheckTime(metadata.Time) ?? Check(metadata.By);
    }

    private string? Check(SnapshotFact snapshot)
    {
        if (snapshot.Number <= _lastNumber || snapshot.Parent >= snapshot.Number)
        {
            return "the snapshots are not in order";
        }

        _lastNumber = snapshot.Number;
        _numbers.Add(snapshot.Number);
        return CheckNumber(snapshot.Number, MaxNumber) ?? CheckTree(snapshot.Root) ?? CheckTime(snapshot.Time)
            ?? Check(snapshot.By, snapshot.Message);
    }

    private string? Check(RunFact run)
    {
        if (run.Inputs.Count > MaxDatasetsOfRun)
        {
            return $"a run has more than {MaxDatasetsOfRun} inputs";
        }

        // What a run wrote to other datasets is for their homes to say.
        if (run.Outputs is not [var output] || output != ((DatasetFact)_facts[0]).Id)
        {
            return "a run does not write to the dataset, and to it alone";
        }

        if (!_runs.Add(run.Run))
        {
            return "a run comes twice";
        }

        if (run.Finished is null != run.Outcome is null)
        {
            return "a run has either no end, or one with a time and an outcome";
        }

        return CheckTime(run.Started) ?? CheckTime(run.Finished) ?? CheckNumber(run.Frames ?? 0, MaxNumber)
            ?? CheckNumber(run.Failures ?? 0, MaxNumber) ?? Check(run.Program, run.Version, run.User, run.Outcome, run.Message);
    }

    private static string? CheckTree(TreeReference tree) => CheckNumber(tree.Files, MaxNumber) ?? CheckNumber(tree.Bytes, MaxBytes);

    private static string? CheckNumber(long number, long most) =>
        number < 0 ? "a number is negative" : number > most ? $"{number} is more than {most}" : null;

    private static string? CheckTime(long? time) => time < 0 || time > LastTime ? $"{time} is no time" : null;

    private string? Once(string kind) => _once.Add(kind) ? null : $"'{kind}' comes twice";

    private static string? Check(params ReadOnlySpan<string?> texts)
    {
        foreach (string? text in texts)
        {
            if (text?.Length > MaxTextCharacters)
            {
                return $"a text has more than {MaxTextCharacters} characters";
            }
        }

        return null;
    }
}
