using System.Text.Encodings.Web;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Datasets;

/// <summary><c>hutch metadata suggest</c>: what a file says of its dataset, before anybody stores it.</summary>
internal sealed class SuggestMetadataVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "suggest",
        "Show what a file of a dataset says that its metadata do not: size of voxels, wavelength, columns. Nothing is stored.",
        "hutch metadata suggest lysozyme")
{
    internal const string Nothing = "The files contain no metadata beyond what is set.";

    private static readonly JsonWriterOptions ForPeople = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional());

    /// <summary>Adds values to a document. The existing text is kept exactly, including every digit.</summary>
    internal static string Added(string document, IEnumerable<SuggestedValueInfo> values)
    {
        string prefix = document[..document.LastIndexOf('}')].TrimEnd();
        string more = string.Join(", ", values.Select(static value => $"\"{JsonEncodedText.Encode(value.Name)}\": {Text(value.Value)}"));
        return prefix + (prefix.EndsWith('{') ? "" : ", ") + more + "}";
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        SuggestedMetadataInfo suggested = await context.Server.GetSuggestionsAsync(dataset.Id, cancellationToken);
        if (context.Json)
        {
            context.PrintJson(suggested, HutchJson.Default.SuggestedMetadataInfo);
            return ExitCode.Ok;
        }

        if (suggested.Type is { } type)
        {
            context.WriteNote($"{Display.Quote(suggested.File!)} looks like '{type}'; `hutch type set {dataset.Name} {type}` says so.");
        }

        var table = new TextTable("NAME", "VALUE");
        foreach (SuggestedValueInfo value in suggested.Values)
        {
            table.Add(value.Name, Text(value.Value));
        }

        context.Write(table, Nothing);
        if (suggested.Values.Count > 0)
        {
            context.WriteNote(
                $"From {Display.Quote(suggested.File!)}; `hutch metadata set {dataset.Name} --from-files` adds this to the metadata.");
        }

        return ExitCode.Ok;
    }

    private static string Text(JsonElement value)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, ForPeople))
        {
            value.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
    }
}
