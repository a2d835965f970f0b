using Hutch.Commands.Hosting;
using Hutch.Types.Catalog;
using Hutch.Types.Documents;
using Hutch.Types.Validation;
using Hutch.Types.Yaml;

namespace Hutch.Cli.Verbs.Datasets;

/// <summary><c>hutch type check</c>: a type, or metadata, before they go to a server.</summary>
internal sealed class TypeCheckVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "check",
        "Check the document of a type, or metadata against a type. Only types that do not come with Hutch are asked of the server.",
        "hutch type check powder.yaml",
        "hutch type check lysozyme.json --type mx/rotation")
{
    private readonly Argument<string> _file = verb.Argument<string>(
        "file", "The YAML document of a type; with --type, a metadata document in JSON or YAML.");
    private readonly Option<string?> _type = verb.Option<string?>(
        "--type NAME", "The type against which the metadata are checked, such as mx/rotation.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string file = context.Value(_file)!;
        byte[] bytes = context.ReadFile(file);
        return context.Value(_type) is { } name
            ? CheckMetadata(context, file, bytes, await FindAsync(context, name, cancellationToken))
            : await CheckTypeAsync(context, Path.GetFileName(file), bytes, cancellationToken);
    }

    private static async Task<int> CheckTypeAsync(CliContext context, string file, byte[] bytes, CancellationToken cancellationToken)
    {
        TypeDocument? document = TypeReader.Read(file, bytes, out IReadOnlyList<TypeProblem> problems);
        if (document is not null)
        {
            IReadOnlyList<TypeDocument> others = document.Parent is { } parent && TypeCatalog.BuiltIn.Find(parent) is null
                ? await SiteTypesAsync(context, cancellationToken) : [];
            _ = TypeCatalog.WithSite([document, .. others.Where(other => other.Name != document.Name)], out problems);
            problems = [.. problems.Where(problem => problem.File == document.File)];
        }

        foreach (TypeProblem problem in problems)
        {
            context.Print(
                new TypeCheckLine(problem.File, problem.Line, problem.Column, null, problem.Message),
                FullJson.Default.TypeCheckLine,
                problem.ToString());
        }

        if (problems.Count == 0)
        {
            context.WriteNote($"The type {document!.Name} is valid: {document.Attributes.Count} attributes of its own.");
        }

        return problems.Count == 0 ? ExitCode.Ok : ExitCode.Failure;
    }

    private static int CheckMetadata(CliContext context, string file, byte[] bytes, DatasetType type)
    {
        MetadataReading reading = MetadataInterpreter.Read(type, Parse(file, bytes));
        foreach (MetadataFinding finding in reading.Findings)
        {
            context.Print(
                new TypeCheckLine(Path.GetFileName(file), null, null, finding.Path, finding.Message),
                FullJson.Default.TypeCheckLine,
                finding.ToString());
        }

        if (reading.Others.Count > 0)
        {
            context.WriteNote(
                $"Not defined by {type.Name}, kept as written: {string.Join(", ", reading.Others)}.");
        }

        context.WriteNote(
            reading.Findings.Count == 0
                ? $"The metadata fit {type.Name}: {reading.Values.Count} of its {type.Attributes.Count} attributes are there."
                : "A server stores these metadata all the same.");
        return reading.Findings.All(finding => finding.Kind == FindingKind.Missing) ? ExitCode.Ok : ExitCode.Failure;
    }

    private static JsonElement Parse(string file, byte[] bytes)
    {
        bool isJson = Encoding.UTF8.GetString(bytes).TrimStart('\ufeff', ' ', '\n', '\r', '\t').StartsWith('{');
        try
        {
            if (isJson)
            {
                return ElementOf(bytes);
            }
        }
        catch (JsonException e)
        {
            throw ErrorCode.InvalidBody.With(
                $"{Display.Quote(file)} is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.").ToException();
        }

        return YamlReader.Read(bytes, YamlLimits.Written).TryGet(out YamlMap? root, out HutchError? refusal)
            ? ElementOf(Encoding.UTF8.GetBytes(YamlValues.ToJson(root).ToJsonString()))
            : throw ErrorCode.InvalidBody.With($"{Display.Quote(file)} {refusal.Message}").ToException();
    }

    private static JsonElement ElementOf(byte[] json)
    {
        using JsonDocument parsed = JsonDocument.Parse(json);
        return parsed.RootElement.Clone();
    }

    private static async Task<DatasetType> FindAsync(CliContext context, string name, CancellationToken cancellationToken)
    {
        if (TypeCatalog.BuiltIn.Find(name) is { } builtIn)
        {
            return builtIn;
        }

        TypeCatalog types = TypeCatalog.WithSite(await SiteTypesAsync(context, cancellationToken), out _);
        return types.Find(name) ?? throw (ErrorCode.NotFound with { Advice = "`hutch type list` lists the types." })
            .With($"There is no type {Display.Quote(name)}{Suggestion.For(name, types.Types.Select(type => type.Name))}").ToException();
    }

    private static async Task<IReadOnlyList<TypeDocument>> SiteTypesAsync(CliContext context, CancellationToken cancellationToken)
    {
        var documents = new List<TypeDocument>();
        await foreach (TypeInfo listed in context.Server.ListTypesAsync(cancellationToken))
        {
            if (listed.Origin == "site"
                && (await context.Server.GetTypeAsync(listed.Name, cancellationToken)).Document is { } source
                && TypeReader.Read(listed.Name + " on the server", Encoding.UTF8.GetBytes(source), out _) is { } document)
            {
                documents.Add(document);
            }
        }

        return documents;
    }
}

internal sealed record TypeCheckLine(string File, long? Line, long? Column, string? Path, string Message);
