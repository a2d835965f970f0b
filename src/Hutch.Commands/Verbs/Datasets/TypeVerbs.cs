using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Datasets;

internal static class TypeVerbs
{
    internal static Command Create(CliHost host) => new VerbGroup(
        "type", "Show the types of datasets, check metadata against them, and say which one a dataset has.",
        new ListTypesVerb(host), new ShowVerb(host), FullProgramVerb.Create(host, "type check"), new SetTypeVerb(host));

    private static string Range(TypeAttributeInfo attribute) =>
        Human.Range(attribute.Min, attribute.Max) ?? string.Join(", ", attribute.Choices ?? []);

    private sealed class ListTypesVerb(VerbDeclaration verb)
        : Verb(verb, "list", "List the types that the server knows.", "hutch type list")
    {
        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            var table = new TextTable("TYPE", "PARENT", "ORIGIN", "TITLE");
            await context.AddAsync(
                table,
                context.Server.ListTypesAsync(cancellationToken),
                HutchJson.Default.TypeInfo,
                type => [type.Name, type.Parent ?? "", type.Origin, type.Title]);
            context.Write(table, "The server knows no types.");
            return ExitCode.Ok;
        }
    }

    private sealed class SetTypeVerb(VerbDeclaration verb)
        : Verb(verb.With(Confirmation.Yes), "set", "Say which type a dataset has.", "hutch type set lysozyme mx/rotation")
    {
        private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());
        private readonly Argument<string> _name = verb.Argument<string>("name", "The type, such as mx/rotation.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
            if (!context.Value(Confirmation.Yes))
            {
                await RequireTypeAsync(context, cancellationToken);
            }

            DatasetInfo changed = await context.Server.PatchDatasetAsync(
                dataset.Id, new PatchDataset { Type = context.Value(_name) }, cancellationToken);
            context.WriteDone($"{changed.Name} is of the type {changed.Type}.");
            return ExitCode.Ok;
        }

        // The server takes any name, since a site may describe its type later. More often it is a mistake.
        private async Task RequireTypeAsync(CliContext context, CancellationToken ct)
        {
            try
            {
                _ = await context.Server.GetTypeAsync(context.Value(_name)!, ct);
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound)
            {
                throw (ErrorCode.NotFound with
                {
                    Advice = "`hutch type list` lists the types. If your site adds this one later: --yes.",
                }).With(e.Error.Message).ToException();
            }
        }
    }

    private sealed class ShowVerb(VerbDeclaration verb)
        : Verb(
            verb,
            "show",
            "Show a type with the attributes of its metadata.",
            "hutch type show mx/rotation",
            "hutch type show cryoem/spa --schema > spa.schema.json")
    {
        private readonly Argument<string> _name = verb.Argument<string>("name", "The type, such as mx/rotation.");
        private readonly Option<bool> _schema = verb.Option<bool>("--schema", "Print the JSON Schema of its metadata.");
        private readonly Option<bool> _document = verb.Option<bool>(
            "--document", "Print its own YAML document, without inherited attributes.");

        protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
        {
            string name = context.Value(_name)!;
            if (context.Value(_schema))
            {
                context.Host.Out.WriteLine(await context.Server.GetTypeSchemaAsync(name, cancellationToken));
                return ExitCode.Ok;
            }

            TypeInfo type = await context.Server.GetTypeAsync(name, cancellationToken);
            if (context.Value(_document))
            {
                context.Host.Out.Write(type.Document);
            }
            else if (context.Json)
            {
                context.PrintJson(type, HutchJson.Default.TypeInfo);
            }
            else
            {
                Write(context, type);
            }

            return ExitCode.Ok;
        }

        private static void Write(CliContext context, TypeInfo type)
        {
            TextWriter output = context.Host.Out;
            output.WriteLine($"{type.Title} ({string.Join(" < ", type.Lineage)})");
            if (type.Description is { } description)
            {
                output.WriteLine(description);
            }

            if (type.Files is { Count: > 0 } files)
            {
                output.WriteLine($"Files: {string.Join(", ", files)}");
            }

            output.WriteLine();
            var table = new TextTable("ATTRIBUTE", "KIND", "UNIT", "RANGE", "REQUIRED", "TITLE");
            foreach (TypeAttributeInfo attribute in type.Attributes ?? [])
            {
                table.Add(
                    attribute.Name,
                    attribute.Items is { } items ? $"list of {items}" : attribute.Kind,
                    attribute.Unit ?? "",
                    Range(attribute),
                    attribute.Required ? "yes" : "",
                    attribute.Title);
            }

            context.Write(table, "It has no attributes.");
        }
    }
}
