using System.ComponentModel;
using System.Diagnostics;
using Hutch.Commands.Hosting;
using Hutch.Disk.Folders;

namespace Hutch.Commands.Verbs.Datasets;

internal static class MetadataVerbs
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal static Command Create(CliHost host) => new VerbGroup(
        "metadata", "Show and change the metadata document of a dataset, which is any JSON object.",
        new GetMetadataVerb(host), new SetVerb(host), new EditVerb(host), new SuggestMetadataVerb(host));

    private static string Pretty(string document)
    {
        using JsonDocument parsed = JsonDocument.Parse(document);
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, Indented))
        {
            parsed.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }

    /// <summary>Says where a document is not JSON, before it is sent.</summary>
    private static void Check(string text, string where)
    {
        try
        {
            using JsonDocument parsed = JsonDocument.Parse(text);
            if (parsed.RootElement.ValueKind == JsonValueKind.Object)
            {
                return;
            }
        }
        catch (JsonException e)
        {
            throw ErrorCode.InvalidBody.With(
                $"{where} is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.").ToException();
        }

        throw ErrorCode.InvalidBody.With($"{where} is not a JSON object.").ToException();
    }

    private sealed class GetMetadataVerb(VerbDeclaration verb)
        : Verb(verb, "get", "Print the metadata of a dataset.", "hutch metadata get lysozyme > lysozyme.json")
    {
        private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional());

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
            (string document, _) = await context.Server.GetMetadataAsync(dataset.Id, cancellationToken);
            context.Host.Out.WriteLine(context.Json ? document.ReplaceLineEndings(" ") : Pretty(document));
            return ExitCode.Ok;
        }
    }

    private sealed class SetVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "set",
            "Replace the metadata of a dataset. Earlier versions are kept.",
            "hutch metadata set lysozyme lysozyme.json",
            "hutch metadata set lysozyme < lysozyme.json",
            "hutch metadata set lysozyme --from-files")
    {
        private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());
        private readonly Argument<string?> _file = verb.Argument<string?>(
            "file", "The file with the JSON object (default: standard input).", ArgumentArity.ZeroOrOne);
        private readonly Option<bool> _fromFiles = verb.Option<bool>(
            "--from-files", "Add what `hutch metadata suggest` shows; what the document has stays as it is.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string? file = context.Value(_file);
            if (context.Value(_fromFiles))
            {
                return file is null
                    ? await AddSuggestedAsync(context, cancellationToken)
                    : throw ErrorCode.BadRequest.With("Give either a file with the document or '--from-files'.").ToException();
            }

            string text = await context.ReadTextAsync(file, cancellationToken);
            Check(text, CliContext.TextFrom(file));
            DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
            await context.Server.PutMetadataAsync(dataset.Id, Encoding.UTF8.GetBytes(text), version: null, cancellationToken);
            context.WriteDone($"Set the metadata of {dataset.Name}.");
            return ExitCode.Ok;
        }

        private async Task<int> AddSuggestedAsync(CliContext context, CancellationToken cancellationToken)
        {
            DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
            (string document, string version) = await context.Server.GetMetadataAsync(dataset.Id, cancellationToken);
            SuggestedMetadataInfo suggested = await context.Server.GetSuggestionsAsync(dataset.Id, cancellationToken);
            if (suggested.Values.Count == 0)
            {
                context.WriteNote(SuggestMetadataVerb.Nothing);
                return ExitCode.Ok;
            }

            byte[] added = Encoding.UTF8.GetBytes(SuggestMetadataVerb.Added(document, suggested.Values));
            await context.Server.PutMetadataAsync(dataset.Id, added, version, cancellationToken);
            context.WriteNote(
                $"Added {string.Join(", ", suggested.Values.Select(value => value.Name))} from {Display.Quote(suggested.File!)}.");
            return ExitCode.Ok;
        }
    }

    private sealed class EditVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "edit",
            "Change the metadata of a dataset in your editor ($VISUAL, $EDITOR or vi).",
            "hutch metadata edit lysozyme")
    {
        private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional());

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
            (string document, string version) = await context.Server.GetMetadataAsync(dataset.Id, cancellationToken);
            string before = Pretty(document) + "\n";
            string file = Path.Combine(Path.GetTempPath(), $"hutch-{dataset.Slug}-{Environment.ProcessId}.json");
            SmallFile.Replace(file, Encoding.UTF8.GetBytes(before), SmallFile.OwnerOnly);
            await EditAsync(context, file, cancellationToken);
            string after = Encoding.UTF8.GetString(SmallFile.TryRead(file) ?? []);
            if (after == before)
            {
                SmallFile.Delete(file);
                context.WriteNote("Nothing was changed.");
                return ExitCode.Ok;
            }

            try
            {
                Check(after, file);
                await context.Server.PutMetadataAsync(dataset.Id, Encoding.UTF8.GetBytes(after), version, cancellationToken);
            }
            catch (HutchException)
            {
                context.WriteNote($"What you wrote is in {file}; `hutch metadata set {dataset.Name} {file}` stores it.");
                throw;
            }

            SmallFile.Delete(file);
            context.WriteDone($"Set the metadata of {dataset.Name}.");
            return ExitCode.Ok;
        }

        private static async Task EditAsync(CliContext context, string file, CancellationToken cancellationToken)
        {
            string[] names = ["VISUAL", "EDITOR"];
            string editor = names.Select(context.Host.Environment).FirstOrDefault(e => !string.IsNullOrWhiteSpace(e)) ?? "vi";
            try
            {
                // The variable may hold options; the shell reads it as everywhere else.
                using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", editor + " \"$1\"", "sh", file]))!;
                await process.WaitForExitAsync(cancellationToken);
                if (process.ExitCode == 0)
                {
                    return;
                }
            }
            catch (Win32Exception)
            {
                // Said below, as when the shell does not find the editor.
            }

            throw (ErrorCode.BadRequest with { Advice = "Set $EDITOR to your editor." })
                .With($"The editor {Display.Quote(editor)} failed; nothing was changed. What you wrote is in {file}.").ToException();
        }
    }
}
